use circuit_runtime::{Rejected, circuit_breaker};

const SLOW: f64 = 0.5;

#[circuit_breaker(name = "db", slow_call = SLOW)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
