use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> impl Iterator<Item = u32> {
    (0..id).map(|id| id + 1)
}

fn main() {
    for _ in load(1) {}
}
