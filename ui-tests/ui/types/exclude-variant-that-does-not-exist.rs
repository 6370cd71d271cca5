use circuit_runtime::{Rejected, circuit_breaker};

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
enum DbError {
    Http(u16),
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "db", exclude = [DbError::Timeout])]
fn load(status: u16) -> Result<u32, DbError> {
    Err(DbError::Http(status))
}

fn main() {
    let _ = load(1);
}
