//! The one call that must go through: neither guarded nor counted.

use circuit_runtime::{Rejected, breaker, bypass, bypass_async, circuit_breaker};

#[derive(Debug, thiserror::Error)]
enum DbError {
    #[error("locked")]
    Locked,
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "db", threshold = 2)]
fn write(is_locked: bool) -> Result<&'static str, DbError> {
    if is_locked { Err(DbError::Locked) } else { Ok("written") }
}

#[circuit_breaker(name = "db")]
async fn unlock() -> Result<&'static str, DbError> {
    Ok("unlocked")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), DbError> {
    for _ in 0..3 {
        println!("{}", write(true).unwrap_err());
    }
    let before = breaker!("db").snapshot().calls;

    // The breaker is open, and the repair is made all the same.
    println!("{}", bypass_async(unlock()).await?);
    println!("{}", bypass(|| write(false))?);
    println!("{}", write(false).unwrap_err());

    let after = breaker!("db").snapshot().calls;
    assert_eq!((before.success, before.failure), (after.success, after.failure));
    assert_eq!(after.rejected, before.rejected + 1);
    Ok(())
}
