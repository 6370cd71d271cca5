use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name == "db", threshold => 5, ttl += 60)]
fn load(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

fn main() {
    let _ = load(1);
}
