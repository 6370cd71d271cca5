use circuit_runtime::{Rejected, circuit_breaker};

const SLOW: std::time::Duration = std::time::Duration::ZERO;

#[circuit_breaker(name = "db", slow_call = SLOW)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
