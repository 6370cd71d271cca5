use circuit_runtime::circuit_breaker;

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct DbError;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> Result<u32, DbError> {
    if id == 0 { Err(DbError) } else { Ok(id) }
}

fn main() {
    let _ = load(1);
}
