//! Functions that return a future.

use std::cell::Cell;
use std::future::{Future, Ready, ready};
use std::pin::Pin;

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted, down, now, pause};

// tracing #1863
#[circuit_breaker(name = "functions/futures")]
fn bare(n: u32) -> impl Future<Output = Answer> {
    async move { Ok(n) }
}

#[circuit_breaker(name = "functions/futures")]
fn borrowing(n: &u32) -> impl Future<Output = Answer<&u32>> + Send + '_ {
    async move {
        pause().await;
        Ok(n)
    }
}

#[circuit_breaker(name = "functions/futures")]
fn statements_first<'a, 't>(
    made: &'a Cell<u32>,
    text: &'t str,
) -> impl Future<Output = Answer<usize>> + use<'a, 't> {
    made.set(made.get() + 1);
    let length = text.len();
    async move {
        pause().await;
        made.set(made.get() + 1);
        Ok(length)
    }
}

#[circuit_breaker(name = "functions/futures")]
fn not_a_block(n: u32) -> impl Future<Output = Answer> {
    if n > 5 {
        return ready(down(n));
    }
    ready(Ok(n))
}

#[circuit_breaker(name = "functions/futures")]
fn generic<T, F: Future<Output = T>>(future: F) -> impl Future<Output = Answer<T>> {
    async { Ok(future.await) }
}

#[circuit_breaker(name = "functions/futures")]
fn combined(n: u32) -> impl Future<Output = Answer<String>> + Unpin {
    use futures_util::future::FutureExt as _;
    ready(n).map(|n| Ok(n.to_string()))
}

#[circuit_breaker(name = "functions/futures")]
fn of_a_future(n: u32) -> impl Future<Output = Answer<impl Future<Output = u32>>> {
    async move { Ok(async move { n }) }
}

/// The future itself is in the result, not the result in the future: it is the making that is guarded.
#[circuit_breaker(name = "functions/futures")]
fn in_a_result(n: u32) -> Answer<impl Future<Output = u32>> {
    if n == 0 { Err(Fault::Down(n)) } else { Ok(async move { n }) }
}

#[circuit_breaker(name = "functions/futures", fallback = |n| async move { n + 1 })]
fn without_a_result(n: u32) -> impl Future<Output = u32> {
    async move { n }
}

#[circuit_breaker(name = "functions/futures")]
#[allow(clippy::manual_async_fn)]
fn written_out<'a>(rows: &'a mut Vec<u32>) -> impl Future<Output = Answer<&'a mut u32>> + 'a {
    async move {
        rows.push(1);
        pause().await;
        rows.last_mut().ok_or(Fault::Down(0))
    }
}

#[circuit_breaker(name = "functions/futures", fallback = |n| ready(n))]
fn of_a_type_of_its_own(n: u32) -> Ready<u32> {
    ready(n)
}

#[circuit_breaker(name = "functions/futures/unpin", fallback = |n| ready(Ok(n + 1)))]
fn unpin(n: u32) -> impl Future<Output = Answer> + Unpin + Send {
    ready(Ok(n))
}

#[circuit_breaker(name = "functions/futures/unpin", fallback = boxed_and_cached)]
fn boxed_and_unpin(n: u32) -> Box<dyn Future<Output = Answer> + Unpin> {
    Box::new(ready(Ok(n)))
}

fn boxed_and_cached(n: u32) -> Box<dyn Future<Output = Answer> + Unpin> {
    Box::new(ready(Ok(n + 1)))
}

#[test]
fn what_is_unpin_stays_so_with_a_fallback() {
    fn assert_unpin<T: Unpin>(value: T) -> T {
        value
    }
    assert_eq!(now(assert_unpin(unpin(1))).unwrap(), 1);
    assert_eq!(now(boxed_and_unpin(1)).unwrap(), 1);
    let breaker = breaker!("functions/futures/unpin");
    breaker.open();
    assert_eq!((now(unpin(1)).unwrap(), now(boxed_and_unpin(1)).unwrap()), (2, 2));
    assert_eq!((counted(breaker), breaker.snapshot().calls.rejected), ((2, 0), 2));
}

#[test]
fn futures_are_as_they_were() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    assert_eq!(now(assert_send(bare(1))).unwrap(), 1);
    assert_eq!(now(assert_send(borrowing(&2))).unwrap(), &2);
    let made = Cell::new(0);
    let future = statements_first(&made, "abc");
    assert_eq!(made.get(), 1, "what comes before the future is done at once");
    assert_eq!((now(future).unwrap(), made.get()), (3, 2));
    assert_eq!(now(not_a_block(1)).unwrap(), 1);
    assert!(now(not_a_block(6)).is_err());
    assert_eq!(now(generic(async { 'a' })).unwrap(), 'a');
    assert_eq!(now(combined(1)).unwrap(), "1");
    assert_eq!(now(now(of_a_future(1)).unwrap()), 1);
    assert_eq!(now(in_a_result(1).unwrap()), 1);
    assert_eq!(now(without_a_result(1)), 1);
    *now(written_out(&mut Vec::new())).unwrap() += 1;
    assert_eq!(now(of_a_type_of_its_own(1)), 1);
    assert_eq!(counted(breaker!("functions/futures")), (11, 1));
}

#[allow(clippy::let_and_return)]
#[circuit_breaker(name = "functions/futures/named")]
fn named_before_it_is_returned(n: u32) -> impl Future<Output = Answer> {
    let future = async move { Ok(n) };
    future
}

#[circuit_breaker(name = "functions/futures/named")]
fn named_before_it_is_boxed(n: u32) -> Pin<Box<dyn Future<Output = Answer>>> {
    let future = async move { Ok(n) };
    Box::pin(future)
}

#[test]
fn a_future_may_be_named_before_it_is_returned() {
    assert_eq!(now(named_before_it_is_returned(1)).unwrap(), 1);
    assert_eq!(now(named_before_it_is_boxed(1)).unwrap(), 1);
    assert_eq!(counted(breaker!("functions/futures/named")), (2, 0));
}
