use circuit_runtime::breaker;

fn main() {
    let state = breaker!(name = "db").state();
    println!("{state}");
}
