use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
fn load(id: u8) -> u8 {
    id
}

fn main() {
    load(1);
}
