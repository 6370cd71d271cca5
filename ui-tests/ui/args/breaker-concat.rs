use circuit_runtime::breaker;

fn main() {
    let state = breaker!(concat!("d", "b")).state();
    println!("{state}");
}
