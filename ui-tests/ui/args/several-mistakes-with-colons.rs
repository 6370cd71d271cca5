use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name: "db", treshold: 5, ttl: "soon")]
fn load0(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

#[circuit_breaker(name("db"), treshold(5))]
fn load1(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

fn main() {
    let _ = (load0(1), load1(1));
}
