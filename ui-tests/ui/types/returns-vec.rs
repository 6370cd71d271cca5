use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> Vec<u32> {
    vec![id]
}

fn main() {
    load(1);
}
