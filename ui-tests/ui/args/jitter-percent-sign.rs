use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", jitter = 10%)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
