use circuit_runtime::circuit_breaker;
use futures_core::Stream;

#[circuit_breaker(name = "db", fallback = |id| vec![id])]
fn rows(id: u32) -> impl Iterator<Item = u32> {
    0..id
}

#[circuit_breaker(name = "db", fallback = async |id| futures_util::stream::iter([id]))]
fn stream(id: u32) -> impl Stream<Item = u32> {
    futures_util::stream::iter([id])
}

fn main() {
    drop((rows(1), stream(1)));
}
