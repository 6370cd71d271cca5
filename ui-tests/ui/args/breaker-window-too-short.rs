use circuit_runtime::breaker;

fn main() {
    let state = breaker!("db", window = "100us").state();
    println!("{state}");
}
