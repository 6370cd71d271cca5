use circuit_runtime::circuit_breaker;

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct DbError;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> impl Iterator<Item = Result<u32, DbError>> {
    (0..id).map(|id| if id == 0 { Err(DbError) } else { Ok(id) })
}

fn main() {
    for _ in load(1) {}
}
