use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db")]
async fn load(id: u32) -> Result<u32, Rejected> {
    id == 0
}

fn main() {
    drop(load(1));
}
