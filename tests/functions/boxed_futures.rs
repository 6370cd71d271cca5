//! Functions that return a boxed future.

use std::cell::Cell;
use std::future::{Future, ready};
use std::pin::Pin;

use circuit_runtime::{breaker, circuit_breaker};
use futures_util::future::{BoxFuture, LocalBoxFuture};

use crate::support::{Answer, counted, down, now, pause};

#[circuit_breaker(name = "functions/boxed_futures")]
fn block(n: &u32) -> Pin<Box<dyn Future<Output = Answer<&u32>> + Send + '_>> {
    Box::pin(async move {
        pause().await;
        Ok(n)
    })
}

// tracing #1296, #1297
#[circuit_breaker(name = "functions/boxed_futures")]
fn statements_first(made: &Cell<u32>) -> Pin<Box<dyn Future<Output = Answer> + '_>> {
    made.set(made.get() + 1);
    let n = made.get();
    Box::pin(async move { Ok(n) })
}

#[circuit_breaker(name = "functions/boxed_futures")]
fn of_several_types(n: u32) -> Pin<Box<dyn Future<Output = Answer> + Send>> {
    if n == 0 {
        return Box::pin(ready(down(n)));
    }
    if n == 1 {
        return Box::pin(async { Ok(1) });
    }
    match n {
        2 => Box::pin(ready(Ok(2))),
        n => Box::pin(async move {
            pause().await;
            Ok(n)
        }),
    }
}

// cowprotocol #3524
#[circuit_breaker(name = "functions/boxed_futures")]
fn of_a_call(n: u32) -> BoxFuture<'static, Answer> {
    of_several_types(n)
}

#[circuit_breaker(name = "functions/boxed_futures")]
fn local(n: &Cell<u32>) -> LocalBoxFuture<'_, Answer> {
    std::boxed::Box::pin(async move {
        pause().await;
        Ok(n.get())
    })
}

#[circuit_breaker(name = "functions/boxed_futures")]
fn unpin(n: u32) -> Box<dyn Future<Output = Answer> + Send + Unpin> {
    Box::new(ready(Ok(n)))
}

#[circuit_breaker(name = "functions/boxed_futures")]
fn hidden(n: u32) -> Pin<Box<impl Future<Output = Answer>>> {
    Box::pin(async move { Ok(n) })
}

#[circuit_breaker(name = "functions/boxed_futures")]
fn of_an_iterator(n: u32) -> BoxFuture<'static, Answer<Box<dyn Iterator<Item = u32> + Send>>> {
    #[allow(trivial_casts)]
    Box::pin(async move { Ok(Box::new(0..n) as _) })
}

#[circuit_breaker(name = "functions/boxed_futures")]
fn recursive(n: u32) -> BoxFuture<'static, Answer> {
    Box::pin(async move { if n == 0 { Ok(0) } else { Ok(recursive(n - 1).await? + 1) } })
}

#[test]
fn boxed_futures_are_as_they_were() {
    assert_eq!(now(block(&1)).unwrap(), &1);
    assert_eq!(now(statements_first(&Cell::new(1))).unwrap(), 2);
    for n in 1..4 {
        assert_eq!(now(of_several_types(n)).unwrap(), n);
    }
    assert!(now(of_several_types(0)).is_err());
    assert_eq!(now(of_a_call(3)).unwrap(), 3);
    assert_eq!(now(local(&Cell::new(1))).unwrap(), 1);
    assert_eq!((now(unpin(1)).unwrap(), now(hidden(1)).unwrap()), (1, 1));
    assert_eq!(now(of_an_iterator(2)).unwrap().count(), 2);
    assert_eq!(now(recursive(2)).unwrap(), 2);
    assert_eq!(counted(breaker!("functions/boxed_futures")), (14, 1));
}
