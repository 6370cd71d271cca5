use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db", rejected = |_| 0)]
fn load(id: u32) -> u32 {
    id
}

fn main() {
    load(1);
}
