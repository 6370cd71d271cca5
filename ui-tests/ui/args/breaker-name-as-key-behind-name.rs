use circuit_runtime::breaker;

fn main() {
    let state = breaker!("db", name = "api").state();
    println!("{state}");
}
