use circuit_runtime::breaker;

fn main() {
    let state = breaker!("db", 5).state();
    println!("{state}");
}
