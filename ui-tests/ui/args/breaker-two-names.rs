use circuit_runtime::breaker;

fn main() {
    let state = breaker!("db", "api").state();
    println!("{state}");
}
