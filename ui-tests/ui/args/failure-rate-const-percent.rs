use circuit_runtime::{Rejected, circuit_breaker};

const SHARE: f64 = 10.0;

#[circuit_breaker(name = "db", window = 60, failure_rate = SHARE)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
