use circuit_runtime::circuit_breaker;
use futures_core::Stream;

#[circuit_breaker(name = "db", fallback = cached)]
fn load(id: u32) -> impl Stream<Item = u32> + Unpin {
    futures_util::stream::iter([id])
}

fn cached(id: &str) -> impl Stream<Item = u32> + Unpin {
    futures_util::stream::iter(id.parse())
}

fn main() {
    drop(load(1));
}
