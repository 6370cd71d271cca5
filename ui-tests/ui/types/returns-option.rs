use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> Option<u32> {
    Some(id)
}

fn main() {
    load(1);
}
