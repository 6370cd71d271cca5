use circuit_runtime::{Rejected, circuit_breaker};

#[derive(Debug, thiserror::Error)]
enum DbError {
    #[error("timeout")]
    Timeout,
    #[error("status {0}")]
    Status(Status),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
struct Status(u16);

impl Status {
    const NOT_FOUND: Self = Self(404);

    fn is_server(&self) -> bool {
        self.0 >= 500
    }
}

#[circuit_breaker(name = "db", exclude = [Status | Rejected])]
fn load(status: u16) -> Result<u16, DbError> {
    match status {
        0 => Err(DbError::Timeout),
        200 => Ok(status),
        status => Err(DbError::Status(Status(status))),
    }
}

fn main() {
    let _ = (load(200), Status::NOT_FOUND.is_server());
}
