use circuit_runtime::{Rejected, circuit_breaker};

mod limits {
    pub const SUCCESSES: u32 = 64;
}

#[circuit_breaker(name = "db", success_threshold = limits::SUCCESSES)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
