use circuit_runtime::breaker;

fn main() {
    let state = breaker!("").state();
    println!("{state}");
}
