use circuit_runtime::circuit_breaker;
use futures_core::Stream;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> impl Stream {
    futures_util::stream::iter([id])
}

fn main() {
    drop(load(1));
}
