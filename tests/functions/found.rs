//! Functions that the attribute once did not take, or changed.

use std::cell::RefCell;
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;

use circuit_runtime::{Rejected, breaker, circuit_breaker};
use futures_core::Stream;
use futures_util::stream::{self, StreamExt as _};

use crate::support::{Answer, Fault, Noisy, counted, now, pause};

#[circuit_breaker(name = "functions/found")]
#[rustfmt::skip]
fn comma_behind_the_argument(n: u32) -> Pin<Box<dyn Future<Output = Answer>>> {
    Box::pin(
        async move { Ok(n) },
    )
}

#[circuit_breaker(name = "functions/found")]
fn items_of_a_hidden_type(n: u32) -> Answer<impl Iterator<Item = impl Display>> {
    Ok(0..n)
}

#[circuit_breaker(name = "functions/found")]
fn boxed_items_of_a_hidden_type(n: u32) -> Answer<Box<dyn Iterator<Item = impl Display>>> {
    Ok(Box::new(0..n))
}

macro_rules! returning {
    ($name:ident, $ty:ty, $value:expr) => {
        #[circuit_breaker(name = "functions/found", fallback = || $value)]
        fn $name() -> $ty {
            $value
        }
    };
}

returning!(hidden_in_a_fragment, impl Display, 1);

#[circuit_breaker(name = "functions/found")]
fn boxed_but_not_unpin(n: u32) -> Box<dyn Future<Output = Answer> + Send> {
    Box::new(async move { Ok(n) })
}

#[circuit_breaker(name = "functions/found")]
fn boxed_stream_but_not_unpin(n: u32) -> Box<dyn Stream<Item = Answer>> {
    Box::new(stream::once(async move { Ok(n) }))
}

#[derive(Debug)]
struct Holder<T>(T);

impl<T: Iterator<Item = u32>> Holder<T> {
    fn sum(self) -> u32 {
        self.0.sum()
    }
}

impl<T> circuit_runtime::FromRejection for Arc<T> {
    fn from_rejection(_: Rejected) -> Self {
        unreachable!("it is never open")
    }
}

use holders::Arc;

/// Called as a container that can be no `Result` is.
mod holders {
    #[derive(Debug)]
    pub(super) struct Arc<T>(pub(super) T);
}

#[circuit_breaker(name = "functions/found")]
fn items_in_no_result(n: u32) -> Arc<Box<dyn Iterator<Item = u32>>> {
    Arc(Box::new(0..n))
}

/// An alias that means something else than `futures` does.
type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + 'a>>;
type BoxStream<'a, T> = Pin<Box<dyn Stream<Item = Result<T, Fault>> + 'a>>;

#[circuit_breaker(name = "functions/found")]
fn future_of_another_alias(n: &u32) -> BoxFuture<'_, u32> {
    Box::pin(async move { Ok(*n) })
}

#[circuit_breaker(name = "functions/found")]
fn stream_of_another_alias(n: &u32) -> BoxStream<'_, u32> {
    Box::pin(stream::once(async move { Ok(*n) }))
}

/// As large as those that come with a whole response.
#[derive(Debug)]
struct Large([u8; 200]);

impl From<Rejected> for Large {
    fn from(_: Rejected) -> Self {
        Self([0; 200])
    }
}

#[circuit_breaker(name = "functions/found")]
async fn large_error(n: u8) -> Result<u8, Large> {
    if n == 0 { Err(Large([n; 200])) } else { Ok(n) }
}

#[circuit_breaker(name = "functions/found")]
fn parsed_later<'a, T: FromStr, E: From<Rejected> + From<T::Err>>(
    text: &'a str,
) -> Pin<Box<dyn Future<Output = Result<T, E>> + 'a>> {
    Box::pin(async move { Ok(text.parse()?) })
}

#[circuit_breaker(name = "functions/found", exclude = [Fault::Down(404)])]
fn items_with_an_error_of_their_own(n: u32) -> Answer<impl Iterator<Item = std::io::Result<u32>>> {
    if n == 404 {
        return Err(Fault::Down(n));
    }
    Ok((0..n).map(Ok))
}

#[circuit_breaker(name = "functions/found")]
async fn dropped_behind_a_mut(mut a: Noisy<'_>, b: Noisy<'_>, _c: Noisy<'_>) -> Answer<usize> {
    pause().await;
    a.0 = "a again";
    Ok(b.0.len())
}

#[circuit_breaker(name = "functions/found", fallback = |_, _, _| Ok(0))]
fn dropped_behind_a_pattern(
    a: Noisy<'_>,
    (b, c): (Noisy<'_>, Noisy<'_>),
    mut d: Noisy<'_>,
) -> Answer<usize> {
    d.0 = "d again";
    Ok(a.0.len() + b.0.len() + c.0.len())
}

#[circuit_breaker(name = "functions/found")]
async fn attributes_of_an_argument(#[allow(unused_mut)] mut rows: Vec<u32>) -> Answer<usize> {
    Ok(rows.len())
}

#[circuit_breaker(name = "functions/found", fallback = |_| Ok(0))]
fn attributes_of_a_pattern(#[allow(unused_variables)] (a, b): (u32, u32)) -> Answer {
    Ok(a)
}

#[derive(Debug)]
struct Named {
    name: u32,
}

#[expect(unused_variables)]
#[circuit_breaker(name = "functions/found")]
fn named_like_a_field(name: u32, len: usize, n: u32) -> Answer {
    let named = Named { name: 1 };
    let n = [1].len();
    let _ = n;
    Ok(named.name)
}

#[test]
fn what_was_found_to_break_is_mended() {
    assert_eq!(now(comma_behind_the_argument(1)).unwrap(), 1);
    assert_eq!(items_of_a_hidden_type(2).unwrap().count(), 2);
    assert_eq!(boxed_items_of_a_hidden_type(2).unwrap().count(), 2);
    assert_eq!(hidden_in_a_fragment().to_string(), "1");
    assert_eq!(now(Box::into_pin(boxed_but_not_unpin(1))).unwrap(), 1);
    assert_eq!(now(Box::into_pin(boxed_stream_but_not_unpin(1)).count()), 1);
    assert_eq!(Holder(items_in_no_result(3).0).sum(), 3);
    assert_eq!(now(future_of_another_alias(&1)).unwrap(), 1);
    assert_eq!(now(stream_of_another_alias(&1).count()), 1);
    assert_eq!(now(large_error(1)).unwrap(), 1);
    assert_eq!(now(large_error(0)).unwrap_err().0[0], 0);
    assert_eq!(now(parsed_later::<u32, Box<dyn std::error::Error>>("1")).unwrap(), 1);
    assert_eq!(items_with_an_error_of_their_own(2).unwrap().count(), 2);
    assert!(items_with_an_error_of_their_own(404).is_err());
    let log = RefCell::new(Vec::new());
    let noisy = |name| Noisy(name, &log);
    assert_eq!(now(dropped_behind_a_mut(noisy("a"), noisy("b"), noisy("c"))).unwrap(), 1);
    assert_eq!(log.take(), ["c", "b", "a again"]);
    let pair = (noisy("b"), noisy("c"));
    assert_eq!(dropped_behind_a_pattern(noisy("a"), pair, noisy("d")).unwrap(), 3);
    assert_eq!(log.take(), ["d again", "c", "b", "a"]);
    assert_eq!(now(attributes_of_an_argument(vec![1])).unwrap(), 1);
    assert_eq!(attributes_of_a_pattern((1, 2)).unwrap(), 1);
    assert_eq!(named_like_a_field(2, 2, 2).unwrap(), 1);
    let breaker = breaker!("functions/found");
    assert_eq!((counted(breaker), breaker.snapshot().calls.excluded), ((17, 1), 1));
}
