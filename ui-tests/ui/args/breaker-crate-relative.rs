use circuit_runtime::breaker;

fn main() {
    let state = breaker!("db", crate = circuit_runtime).state();
    println!("{state}");
}
