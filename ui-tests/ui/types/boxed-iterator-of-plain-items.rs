use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> Box<dyn Iterator<Item = u32>> {
    Box::new(0..id)
}

fn main() {
    for _ in load(1) {}
}
