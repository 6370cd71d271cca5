use circuit_runtime::{Rejected, circuit_breaker};

const FAILURES: u64 = 5;

#[circuit_breaker(name = "db", threshold = FAILURES)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
