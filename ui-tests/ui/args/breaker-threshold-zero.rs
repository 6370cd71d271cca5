use circuit_runtime::breaker;

fn main() {
    let state = breaker!("db", threshold = 0).state();
    println!("{state}");
}
