use circuit_runtime::{Rejected, circuit_breaker};

const CALLS: usize = 20;

#[circuit_breaker(name = "db", window = 60, minimum_calls = CALLS)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
