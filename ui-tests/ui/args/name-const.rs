use circuit_runtime::{Rejected, circuit_breaker};

const DB: &str = "db";

#[circuit_breaker(name = DB)]
fn load() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    let _ = load();
}
