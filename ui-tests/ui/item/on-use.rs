use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
use std::fs::read as load;

fn main() {
    let _ = load("db");
}
