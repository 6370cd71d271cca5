use circuit_runtime::circuit_breaker;
use futures_core::stream::BoxStream;

#[circuit_breaker(name = "db", fallback = cached)]
fn load(id: u32) -> BoxStream<'static, u32> {
    Box::pin(futures_util::stream::iter([id]))
}

fn cached(id: u32) -> Vec<u32> {
    vec![id]
}

fn main() {
    drop(load(1));
}
