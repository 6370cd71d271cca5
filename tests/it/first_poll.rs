//! 7. Async admission happens at first poll; a future never polled counts nowhere.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;

use circuit_runtime::{Calls, CircuitBreaker, breaker, circuit_breaker};
use futures_util::future::BoxFuture;

use crate::support::{Answer, Fault, now};

#[circuit_breaker(name = "first_poll/async")]
async fn asynchronous(made: &Cell<u32>) -> Answer {
    made.set(made.get() + 1);
    Ok(1)
}

#[circuit_breaker(name = "first_poll/impl")]
fn impl_future(made: &Cell<u32>) -> impl Future<Output = Answer> {
    async {
        made.set(made.get() + 1);
        Ok(1)
    }
}

#[circuit_breaker(name = "first_poll/boxed")]
fn boxed(made: &Cell<u32>) -> Pin<Box<dyn Future<Output = Answer> + '_>> {
    Box::pin(async move {
        made.set(made.get() + 1);
        Ok(1)
    })
}

#[circuit_breaker(name = "first_poll/statement_before")]
fn statement_before(made: &Cell<u32>) -> Pin<Box<dyn Future<Output = Answer> + '_>> {
    let answer = Ok(1);
    Box::pin(async move {
        made.set(made.get() + 1);
        answer
    })
}

#[circuit_breaker(name = "first_poll/box_future")]
fn box_future(made: u32) -> BoxFuture<'static, Answer> {
    Box::pin(async move { Ok(made) })
}

#[circuit_breaker(name = "first_poll/fallback", fallback = |_: &Cell<u32>| async { Ok(7) })]
fn with_fallback(made: &Cell<u32>) -> impl Future<Output = Answer> {
    async {
        made.set(made.get() + 1);
        Ok(1)
    }
}

/// Asserts of a breaker and a function that nothing happens before the first poll, and that the state then decides.
fn assert_asked_at_first_poll<F: Future<Output = Answer>>(
    breaker: &CircuitBreaker,
    call: impl Fn() -> F,
    refused: impl Fn(&Answer) -> bool,
) {
    drop(call());
    assert_eq!(breaker.snapshot().calls, Calls::default(), "never polled, counts nowhere");

    breaker.open();
    let made_while_open = call();
    breaker.close();
    assert_eq!(now(made_while_open).unwrap(), 1);

    let made_while_closed = call();
    breaker.open();
    let answer = now(made_while_closed);
    assert!(refused(&answer), "{answer:?}");

    drop(call());
    let calls = breaker.snapshot().calls;
    assert_eq!((calls.success, calls.rejected, calls.cancelled), (1, 1, 0));
}

fn is_refused(answer: &Answer) -> bool {
    matches!(answer, Err(Fault::Refused(_)))
}

#[test]
fn an_async_fn_asks_at_first_poll() {
    let made = Cell::new(0);
    let breaker = breaker!("first_poll/async");
    assert_asked_at_first_poll(breaker, || asynchronous(&made), is_refused);
    assert_eq!(made.get(), 1);
}

#[test]
fn an_impl_future_asks_at_first_poll() {
    let made = Cell::new(0);
    let breaker = breaker!("first_poll/impl");
    assert_asked_at_first_poll(breaker, || impl_future(&made), is_refused);
    assert_eq!(made.get(), 1);
}

#[test]
fn a_boxed_future_asks_at_first_poll_and_does_not_run_its_body_when_rejected() {
    let made = Cell::new(0);
    let breaker = breaker!("first_poll/boxed");
    assert_asked_at_first_poll(breaker, || boxed(&made), is_refused);
    assert_eq!(made.get(), 1);
    let breaker = breaker!("first_poll/statement_before");
    assert_asked_at_first_poll(breaker, || statement_before(&made), is_refused);
    assert_eq!(made.get(), 2);
    let breaker = breaker!("first_poll/box_future");
    assert_asked_at_first_poll(breaker, || box_future(1), is_refused);
}

#[test]
fn a_future_with_a_fallback_asks_at_first_poll() {
    let made = Cell::new(0);
    let breaker = breaker!("first_poll/fallback");
    let answered = |answer: &Answer| matches!(answer, Ok(7));
    assert_asked_at_first_poll(breaker, || with_fallback(&made), answered);
    assert_eq!(made.get(), 1);
}

#[circuit_breaker(name = "first_poll/call_async")]
fn _declared() -> Answer {
    Ok(1)
}

#[test]
fn call_async_asks_at_first_poll() {
    let breaker = breaker!("first_poll/call_async");
    drop(breaker.call_async(async { Answer::Ok(1) }));
    assert_eq!(breaker.snapshot().calls, Calls::default());
    let call = breaker.call_async(async { Answer::Ok(1) });
    breaker.open();
    now(call).unwrap_err();
}

#[test]
fn a_rejected_future_polled_again_does_not_make_the_call() {
    let made = Cell::new(0);
    breaker!("first_poll/again").open();
    let mut future = Box::pin(again(&made));
    assert!(crate::support::poll(future.as_mut()).is_ready());
    crate::support::panic_of(|| crate::support::poll(future.as_mut()));
    assert_eq!(made.get(), 0);
}

#[circuit_breaker(name = "first_poll/again")]
fn again(made: &Cell<u32>) -> impl Future<Output = Answer> {
    async {
        made.set(made.get() + 1);
        Ok(1)
    }
}
