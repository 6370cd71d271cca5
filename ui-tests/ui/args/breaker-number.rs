use circuit_runtime::breaker;

fn main() {
    let state = breaker!(5).state();
    println!("{state}");
}
