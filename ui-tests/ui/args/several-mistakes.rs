use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(threshold = 0, ttl = "soon", retries = 3, exclude = ["io::Error"], max_ttl)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
