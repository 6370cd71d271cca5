use circuit_runtime::circuit_breaker;
use futures_core::Stream;

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct DbError;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> impl Stream<Item = Result<u32, DbError>> {
    futures_util::stream::iter([Ok(id), Err(DbError)])
}

fn main() {
    drop(load(1));
}
