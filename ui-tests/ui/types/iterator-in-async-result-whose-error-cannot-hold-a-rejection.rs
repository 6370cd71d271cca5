use circuit_runtime::circuit_breaker;

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct DbError;

#[circuit_breaker(name = "db")]
async fn load(id: u32) -> Result<impl Iterator<Item = u32>, DbError> {
    if id == 0 { Err(DbError) } else { Ok(0..id) }
}

fn main() {
    drop(load(1));
}
