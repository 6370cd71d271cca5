use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", slow_call = 0)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
