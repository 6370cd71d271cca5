use circuit_runtime::breaker;

fn main() {
    let state = breaker!("db" threshold = 5).state();
    println!("{state}");
}
