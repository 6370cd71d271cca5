// The runtime under other names only: `::circuit_runtime` is something else here.
extern crate circuit_runtime as renamed;
extern crate core as circuit_runtime;

mod nested {
    pub mod breakers {
        pub use renamed::*;
    }
}

use renamed::{Rejected, breaker, circuit_breaker};

const FAILURES: u32 = 3;
const OPEN: std::time::Duration = std::time::Duration::from_secs(1);

#[derive(Debug, thiserror::Error, renamed::Causes)]
#[causes(crate = ::renamed)]
enum DbError {
    #[error(transparent)]
    Format(#[from] std::fmt::Error),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "plain", crate = ::renamed, threshold = FAILURES, ttl = OPEN, on_cancel = failure)]
fn plain(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

#[circuit_breaker(name = "lists", crate = crate::renamed, exclude = [std::fmt::Error, |e: &DbError| e.to_string().is_empty()], ignore = [DbError::Format], failure_if = |id| *id == 0)]
fn lists(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

#[circuit_breaker(crate = crate::nested::breakers, name = "async")]
async fn asynchronous(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

#[circuit_breaker(name = "future", crate = ::renamed)]
fn future(id: u32) -> impl Future<Output = Result<u32, DbError>> {
    async move { Ok(id) }
}

#[circuit_breaker(name = "boxed", crate = ::renamed)]
fn boxed(id: u32) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, DbError>>>> {
    Box::pin(async move { Ok(id) })
}

#[circuit_breaker(name = "rows", crate = ::renamed)]
fn rows(id: u32) -> impl Iterator<Item = Result<u32, DbError>> {
    (0..id).map(Ok)
}

#[circuit_breaker(name = "boxed rows", crate = ::renamed)]
fn boxed_rows(id: u32) -> Box<dyn Iterator<Item = Result<u32, DbError>>> {
    Box::new((0..id).map(Ok))
}

#[circuit_breaker(name = "tried rows", crate = ::renamed)]
fn tried_rows(id: u32) -> Result<impl Iterator<Item = Result<u32, DbError>>, DbError> {
    Ok((0..id).map(Ok))
}

#[circuit_breaker(name = "fallback", crate = ::renamed, fallback = |_| 0)]
fn fallback(id: u32) -> u32 {
    id
}

macro_rules! guarded {
    ($name:ident) => {
        #[circuit_breaker(name = "macro", crate = $crate::renamed)]
        fn $name(id: u32) -> Result<u32, DbError> {
            Ok(id)
        }
    };
}

guarded!(from_macro);

fn main() {
    renamed::registry().verify().unwrap();
    assert_eq!(plain(1).unwrap() + lists(1).unwrap() + from_macro(1).unwrap() + fallback(1), 4);
    assert_eq!(rows(2).chain(boxed_rows(2)).chain(tried_rows(2).unwrap()).count(), 6);
    drop((asynchronous(1), future(1), boxed(1)));
    assert_eq!(breaker!("plain", crate = ::renamed).settings().get_threshold(), 3);
    assert_eq!(breaker!("declared", threshold = 2, crate = ::renamed).settings().get_threshold(), 2);
}
