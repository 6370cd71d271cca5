use circuit_runtime::breaker;

fn main() {
    let state = breaker!("db", retries = 3).state();
    println!("{state}");
}
