use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(r#name = "db", r#threshold = 0)]
fn load(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

fn main() {
    let _ = load(1);
}
