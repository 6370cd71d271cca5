use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", ttl = std::time::Duration::from_secs(60))]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
