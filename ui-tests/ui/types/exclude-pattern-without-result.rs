use circuit_runtime::{Rejected, circuit_breaker};

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
enum DbError {
    Http(u16),
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "db", exclude = [DbError::Http], fallback = |_| 1)]
fn load(status: u16) -> u32 {
    drop(DbError::Http(status));
    1
}

fn main() {
    load(1);
}
