use circuit_runtime::circuit_breaker;
use futures_core::stream::BoxStream;

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct DbError;

#[circuit_breaker(name = "db")]
async fn load(id: u32) -> Result<BoxStream<'static, u32>, DbError> {
    if id == 0 { Err(DbError) } else { Ok(Box::pin(futures_util::stream::iter([id]))) }
}

fn main() {
    drop(load(1));
}
