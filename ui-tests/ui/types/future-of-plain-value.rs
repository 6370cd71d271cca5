use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> impl Future<Output = u32> {
    async move { id }
}

fn main() {
    drop(load(1));
}
