use circuit_runtime::circuit_breaker;

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct DbError;

type DbResult<T> = Result<T, DbError>;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> DbResult<u32> {
    if id == 0 { Err(DbError) } else { Ok(id) }
}

fn main() {
    let _ = load(1);
}
