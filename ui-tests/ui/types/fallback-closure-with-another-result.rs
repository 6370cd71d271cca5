use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db", fallback = |_id| "cached")]
fn load(id: u32) -> u32 {
    id
}

fn main() {
    load(1);
}
