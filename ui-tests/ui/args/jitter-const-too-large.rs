use circuit_runtime::{Rejected, circuit_breaker};

const SPREAD: f64 = 1.1;

#[circuit_breaker(name = "db", jitter = SPREAD)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
