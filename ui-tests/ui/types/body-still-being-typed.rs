use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db")]
fn load(id: u32) -> Result<u32, Rejected> {
    let id = id.
}

fn main() {
    let _ = load(1);
}
