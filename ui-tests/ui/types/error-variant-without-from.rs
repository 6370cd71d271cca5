use circuit_runtime::{Rejected, circuit_breaker};

#[derive(Debug, thiserror::Error)]
enum DbError {
    #[error("rejected")]
    Rejected(Rejected),
}

#[circuit_breaker(name = "db")]
fn load(rejected: Rejected) -> Result<u32, DbError> {
    Err(DbError::Rejected(rejected))
}

fn main() {
    let _: fn(Rejected) -> Result<u32, DbError> = load;
}
