use circuit_runtime::breaker;

fn main() {
    let state = breaker!("db", exclude = [std::io::Error]).state();
    println!("{state}");
}
