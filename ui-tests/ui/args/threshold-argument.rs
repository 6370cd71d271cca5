use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", threshold = limit)]
fn load(limit: u32) -> Result<u32, Rejected> {
    Ok(limit)
}

fn main() {
    let _ = load(5);
}
