use circuit_runtime::breaker;

fn main() {
    let state = breaker!("db", treshold = 3).state();
    println!("{state}");
}
