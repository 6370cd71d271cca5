use circuit_runtime::{CircuitBreaker, breaker};

const DB: &CircuitBreaker = breaker!("db");

fn main() {
    let _ = DB.state();
}
