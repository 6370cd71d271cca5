use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", threshold = 50%)]
fn load0(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

#[circuit_breaker(name = "db", ttl = !, probes = 99)]
fn load1(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

#[circuit_breaker(name = "db", fallback = fn(id: u32) -> u32 { 5 })]
fn load2(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

fn main() {
    let _ = (load0(1), load1(1), load2(1));
}
