use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", fallback = |id| Ok(id))]
async fn load(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

fn main() {
    drop(load(1));
}
