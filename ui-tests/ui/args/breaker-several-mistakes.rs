use circuit_runtime::breaker;

fn main() {
    let state = breaker!("", threshold = 0, ttl = "soon").state();
    println!("{state}");
}
