use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", failure_rate = 0.5, windw = 60)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
