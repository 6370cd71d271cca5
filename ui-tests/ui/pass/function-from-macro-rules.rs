#![deny(warnings)]

use circuit_runtime::{Rejected, breaker, circuit_breaker};

#[derive(Debug, thiserror::Error)]
enum DbError {
    #[error("http status {0}")]
    Http(u16),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

const FAILURES: u32 = 4;

macro_rules! guarded {
    ($vis:vis fn $function:ident($($argument:ident: $ty:ty),*) -> $returned:ty, $name:literal, $threshold:expr, $ttl:expr, $body:block) => {
        #[circuit_breaker(name = $name, threshold = $threshold, ttl = $ttl)]
        $vis fn $function($($argument: $ty),*) -> $returned $body
    };
}

guarded!(fn literal(id: u32) -> Result<u32, DbError>, "literal", 3, "5s", { Ok(id) });
guarded!(fn constant(id: u32, more: u32) -> Result<u32, DbError>, "constant", FAILURES, 0.5, { Ok(id + more) });
guarded!(pub(crate) fn boxed(id: u32) -> Box<dyn Iterator<Item = Result<u32, DbError>>>, "boxed", 3, 60, {
    Box::new((0..id).map(Ok))
});
guarded!(fn future(id: u32) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, DbError>>>>, "future", 3, 60, {
    Box::pin(async move { Ok(id) })
});
guarded!(fn rows(id: u32) -> impl Iterator<Item = Result<u32, DbError>>, "rows", 3, 60, { (0..id).map(Ok) });

macro_rules! lists {
    ($function:ident, $name:expr, [$($excluded:ty),*], [$($ignored:tt)*], $accept:expr, $rejected:path, $success:tt) => {
        #[circuit_breaker(
            name = $name,
            exclude = [$($excluded),*],
            ignore = [$($ignored)*],
            failure_if = $accept,
            rejected = $rejected,
            success_threshold = $success,
        )]
        fn $function(id: u32) -> Result<u32, DbError> {
            if id == 0 { Err(DbError::Http(404)) } else { Ok(id) }
        }
    };
}

lists!(with_lists, "lists", [std::fmt::Error, std::io::Error], [DbError::Http(400..=499)], |id| *id == 7, DbError::Rejected, 2);

macro_rules! whole {
    ($($item:item)*) => { $(#[circuit_breaker(name = "whole")] $item)* };
}

whole! {
    fn one() -> Result<u32, DbError> {
        Ok(1)
    }

    async fn two() -> Result<u32, DbError> {
        Ok(2)
    }
}

macro_rules! arguments {
    ($($arguments:tt)*) => {
        #[circuit_breaker($($arguments)*)]
        fn passed_on() -> Result<u32, DbError> {
            Ok(1)
        }
    };
}

arguments!(name = "passed on", probes = 2, fallback = || Ok(2));

macro_rules! state {
    ($name:tt) => { breaker!($name).state() };
    ($name:tt, $threshold:expr) => { breaker!($name, threshold = $threshold).state() };
}

macro_rules! local {
    ($name:literal) => {{
        #[circuit_breaker(name = $name)]
        fn local(id: u32) -> Result<u32, DbError> {
            Ok(id)
        }
        local(1)
    }};
}

fn main() {
    circuit_runtime::registry().verify().unwrap();
    assert_eq!(literal(1).unwrap() + constant(1, 1).unwrap() + with_lists(1).unwrap(), 4);
    assert_eq!(boxed(2).chain(rows(2)).count(), 4);
    assert_eq!(one().unwrap() + passed_on().unwrap(), 2);
    assert_eq!(local!("local").unwrap() + local!("local too").unwrap(), 2);
    drop((future(1), two()));
    assert_eq!(breaker!("constant").settings().get_threshold(), 4);
    let _ = (state!("literal"), state!("declared", 2));
}
