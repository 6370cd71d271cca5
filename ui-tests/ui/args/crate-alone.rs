use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", crate = crate)]
fn load(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

fn main() {
    let _ = load(1);
}
