use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
fn load<I: Iterator<Item = u32>>(rows: I) -> impl Iterator {
    rows
}

fn main() {
    for _ in load(0..1) {}
}
