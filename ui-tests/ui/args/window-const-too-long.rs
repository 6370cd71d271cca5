use circuit_runtime::{Rejected, circuit_breaker};

const COUNTED: std::time::Duration = std::time::Duration::from_secs(86_401);

#[circuit_breaker(name = "db", window = COUNTED)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
