use circuit_runtime::breaker;

fn main() {
    let state = breaker!("d\tb").state();
    println!("{state}");
}
