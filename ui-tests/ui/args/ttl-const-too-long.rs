use circuit_runtime::{Rejected, circuit_breaker};

const OPEN: std::time::Duration = std::time::Duration::from_secs(31 * 24 * 60 * 60);

#[circuit_breaker(name = "db", ttl = OPEN)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
