use circuit_runtime::circuit_breaker;

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct DbError;

#[circuit_breaker(name = "db")]
fn load<E>(error: E) -> Result<u32, E> {
    Err(error)
}

fn main() {
    let _ = load(DbError);
}
