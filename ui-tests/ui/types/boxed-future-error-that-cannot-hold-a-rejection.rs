use circuit_runtime::circuit_breaker;

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct DbError;

use std::pin::Pin;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> Pin<Box<dyn Future<Output = Result<u32, DbError>>>> {
    Box::pin(async move { if id == 0 { Err(DbError) } else { Ok(id) } })
}

fn main() {
    drop(load(1));
}
