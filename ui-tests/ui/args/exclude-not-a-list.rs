use circuit_runtime::{Rejected, circuit_breaker};

#[derive(Debug, thiserror::Error)]
#[error("no such customer")]
struct ValidationError;

#[derive(Debug, thiserror::Error)]
enum DbError {
    #[error("validation")]
    Validation(#[from] ValidationError),
    #[error("http status {0}")]
    Http(u16),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "db", exclude = ValidationError)]
fn load(status: u16) -> Result<u32, DbError> {
    if status == 0 {
        Err(ValidationError)?;
    }
    Err(DbError::Http(status))
}

fn main() {
    let _ = load(404);
}
