use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
async fn load(id: u32) -> u32 {
    id
}

fn main() {
    drop(load(1));
}
