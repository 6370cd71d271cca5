use circuit_runtime::{Rejected, circuit_breaker};

const OPEN: std::time::Duration = std::time::Duration::ZERO;

#[circuit_breaker(name = "db", ttl = OPEN)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
