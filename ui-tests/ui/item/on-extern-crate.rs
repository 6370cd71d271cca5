use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
extern crate circuit_runtime as renamed;

fn main() {
    let _ = renamed::registry();
}
