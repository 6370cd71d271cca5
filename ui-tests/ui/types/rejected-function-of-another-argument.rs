use circuit_runtime::circuit_breaker;

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct DbError;

#[circuit_breaker(name = "db", rejected = unavailable)]
fn load(id: u32) -> Result<u32, DbError> {
    if id == 0 { Err(DbError) } else { Ok(id) }
}

fn unavailable(_: &str) -> DbError {
    DbError
}

fn main() {
    let _ = load(1).map_err(|_| unavailable(""));
}
