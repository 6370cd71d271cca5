use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", ttl = 1m 30s, threshold = 0)]
fn load(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

fn main() {
    let _ = load(1);
}
