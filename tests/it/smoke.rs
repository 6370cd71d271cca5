use circuit_runtime::{Causes, Rejected, State, breaker, circuit_breaker};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

#[derive(Debug, thiserror::Error)]
#[error("validation")]
struct Validation;

#[derive(Debug, thiserror::Error, Causes)]
enum DbError {
    #[error(transparent)]
    Validation(#[from] Validation),
    #[error("broken {0}")]
    Broken(u32),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "smoke", threshold = 3, ttl = 60, exclude = [Validation])]
fn sync(fail: u8) -> Result<u32, DbError> {
    if fail == 1 {
        Err(Validation)?;
    }
    if fail == 2 {
        return Err(DbError::Broken(7));
    }
    Ok(1)
}

#[circuit_breaker(name = "smoke")]
async fn asynchronous(mut name: String, n: &u32) -> Result<&u32, DbError> {
    name.push('x');
    tokio::task::yield_now().await;
    Ok(n)
}

#[circuit_breaker(name = "smoke")]
fn fut(n: u32) -> impl Future<Output = Result<u32, DbError>> + Send {
    async move { Ok(n) }
}

#[circuit_breaker(name = "smoke")]
fn boxed(n: &u32) -> Pin<Box<dyn Future<Output = Result<u32, DbError>> + Send + '_>> {
    Box::pin(async move { Ok(*n) })
}

#[circuit_breaker(name = "smoke", exclude = [DbError::Broken, Validation, |e: &DbError| matches!(e, DbError::Broken(3))])]
fn iter(
    v: &[u32],
) -> impl DoubleEndedIterator<Item = Result<u32, DbError>> + ExactSizeIterator + Clone + '_ {
    v.iter().map(|&x| Ok(x))
}

#[circuit_breaker(name = "smoke")]
fn boxed_iter(v: &[u32]) -> Box<dyn Iterator<Item = Result<u32, DbError>> + '_> {
    Box::new(v.iter().map(|&x| Ok(x)))
}

#[circuit_breaker(name = "smoke")]
fn try_iter(v: &[u32]) -> Result<impl Iterator<Item = Result<u32, DbError>> + '_, DbError> {
    if v.is_empty() {
        return Err(DbError::Broken(0));
    }
    Ok(v.iter().map(|&x| Ok(x)))
}

#[circuit_breaker(name = "smoke", fallback = |_| 7)]
fn plain(n: u32) -> u32 {
    n
}

#[test]
fn smoke() {
    assert_eq!(sync(0).unwrap(), 1);
    assert!(sync(1).is_err());
    assert_eq!(breaker!("smoke").failure_count(), 0);
    let rt = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(*rt.block_on(asynchronous("a".into(), &3)).unwrap(), 3);
    assert_eq!(rt.block_on(fut(4)).unwrap(), 4);
    assert_eq!(rt.block_on(boxed(&4)).unwrap(), 4);
    assert_eq!(iter(&[1, 2]).rev().count(), 2);
    assert_eq!(boxed_iter(&[1, 2]).count(), 2);
    assert_eq!(try_iter(&[1, 2]).unwrap().count(), 2);
    assert!(try_iter(&[]).is_err());
    assert_eq!(plain(2), 2);
    sync(2).unwrap_err();
    sync(2).unwrap_err();
    sync(2).unwrap_err();
    assert_eq!(breaker!("smoke").state(), State::Open);
    let e = sync(0).unwrap_err();
    println!("{e} {e:?}");
    assert_eq!(plain(2), 7);
    assert!(rt.block_on(fut(4)).is_err());
    assert!(iter(&[1, 2]).rev().next().unwrap().is_err());
    println!("{:#?}", breaker!("smoke").snapshot());
    circuit_runtime::registry().verify().unwrap();
    let _ = Arc::new(1);
}
