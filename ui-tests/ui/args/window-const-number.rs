use circuit_runtime::{Rejected, circuit_breaker};

const COUNTED: u64 = 60;

#[circuit_breaker(name = "db", window = COUNTED)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
