use circuit_runtime::circuit_breaker;

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct DbError;

struct Db;

impl Db {
    #[circuit_breaker(name = "db")]
    fn load(&self) -> Result<u32, DbError> {
        Err(DbError)
    }
}

fn main() {
    let _ = Db.load();
}
