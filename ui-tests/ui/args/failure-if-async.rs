use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", failure_if = async |n| true, rejected = async |rejected| rejected)]
fn load(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

fn main() {
    let _ = load(1);
}
