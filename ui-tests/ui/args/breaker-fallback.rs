use circuit_runtime::breaker;

fn main() {
    let state = breaker!("db", fallback = cached).state();
    println!("{state}");
}
