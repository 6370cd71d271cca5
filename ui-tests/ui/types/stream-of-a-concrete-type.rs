use circuit_runtime::{Rejected, circuit_breaker};
use futures_util::stream::{Once, once};

#[circuit_breaker(name = "db")]
fn load(id: u32) -> Once<std::future::Ready<Result<u32, Rejected>>> {
    once(std::future::ready(Ok(id)))
}

fn main() {
    drop(load(1));
}
