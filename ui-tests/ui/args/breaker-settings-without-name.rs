use circuit_runtime::breaker;

fn main() {
    let state = breaker!(threshold = 5).state();
    println!("{state}");
}
