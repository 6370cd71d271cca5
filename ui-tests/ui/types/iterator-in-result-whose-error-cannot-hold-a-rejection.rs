use circuit_runtime::circuit_breaker;

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct DbError;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> Result<impl Iterator<Item = Result<u32, DbError>>, DbError> {
    if id == 0 { Err(DbError) } else { Ok((0..id).map(Ok)) }
}

fn main() {
    let _ = load(1);
}
