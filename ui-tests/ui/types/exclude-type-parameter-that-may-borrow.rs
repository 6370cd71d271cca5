use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", exclude = [E])]
fn load<E: std::error::Error>(id: u32, _: E) -> Result<u32, Rejected> {
    Ok(id)
}

fn main() {
    let _ = load(1, std::fmt::Error);
}
