use circuit_runtime::breaker;

fn main() {
    let state = breaker!("db", window = 60, failure_rate = 10).state();
    println!("{state}");
}
