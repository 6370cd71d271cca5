use circuit_runtime::breaker;

fn main() {
    let state = breaker!("db", failure_rate = 0.5).state();
    println!("{state}");
}
