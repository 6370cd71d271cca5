use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db")]
fn load(id: u32) -> Result<u32, impl std::error::Error> {
    Ok::<u32, Rejected>(id)
}

fn main() {
    let _ = load(1);
}
