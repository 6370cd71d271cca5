use circuit_runtime::breaker;

fn main() {
    let name = "db";
    let state = breaker!(name).state();
    println!("{state} {name}");
}
