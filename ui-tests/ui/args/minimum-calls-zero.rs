use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", window = 60, minimum_calls = 0)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
