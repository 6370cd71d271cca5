use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
async fn load(_id: u32) {}

fn main() {
    drop(load(1));
}
