use circuit_runtime::{Rejected, circuit_breaker};

const SPREAD: f64 = f64::NAN;

#[circuit_breaker(name = "db", jitter = SPREAD)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
