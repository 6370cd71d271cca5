use circuit_runtime::{Rejected, circuit_breaker};

#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct DbError(#[from] Rejected);

#[circuit_breaker(name = "db")]
fn load() -> Option<impl Iterator<Item = Result<u32, DbError>>> {
    Some(std::iter::once(Ok(1)))
}

fn main() {
    load();
}
