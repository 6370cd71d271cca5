use circuit_runtime::circuit_breaker;
use futures_core::stream::BoxStream;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> BoxStream<'static, u32> {
    Box::pin(futures_util::stream::iter([id]))
}

fn main() {
    drop(load(1));
}
