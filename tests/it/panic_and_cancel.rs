//! 6. A panic is a failure and goes on unwinding; a cancelled call counts as nothing.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;

use circuit_runtime::{
    CallError, Calls, CircuitBreaker, OnCancel, Settings, breaker, circuit_breaker,
};

use crate::support::{Answer, Fault, now, owned, panic_of, permit, poll, succeed};

fn calls(breaker: &CircuitBreaker) -> Calls {
    breaker.snapshot().calls
}

/// That one call was a failure, and none anything else.
#[track_caller]
fn assert_one_failure(breaker: &CircuitBreaker) {
    let Calls { success, failure, cancelled, .. } = calls(breaker);
    assert_eq!((success, failure, cancelled), (0, 1, 0));
    assert_eq!(breaker.failure_count(), 1);
}

#[track_caller]
fn assert_one_cancelled(breaker: &CircuitBreaker) {
    let Calls { success, failure, cancelled, .. } = calls(breaker);
    assert_eq!((success, failure, cancelled), (0, 0, 1));
    assert_eq!(breaker.failure_count(), 0);
}

#[circuit_breaker(name = "panic/sync", threshold = 3)]
fn sync() -> Answer {
    panic!("sync")
}

#[test]
fn a_panic_is_a_failure_and_goes_on_unwinding() {
    assert_eq!(panic_of(sync), "sync");
    assert_one_failure(breaker!("panic/sync"));
    assert_eq!(panic_of(sync), "sync");
    assert_eq!(panic_of(sync), "sync");
    let error = sync().unwrap_err();
    let Fault::Refused(rejected) = error else { panic!("{error}") };
    assert_eq!(rejected.trip().unwrap().last_failures, ["panicked"; 3]);
}

#[circuit_breaker(name = "panic/plain", fallback = || 7)]
fn plain() -> u32 {
    panic!("plain")
}

#[test]
fn a_panic_of_a_function_that_returns_no_result_is_a_failure() {
    assert_eq!(panic_of(plain), "plain");
    assert_one_failure(breaker!("panic/plain"));
}

#[circuit_breaker(name = "panic/async")]
async fn asynchronous() -> Answer {
    let mut polls = 0;
    poll_fn(|_| {
        polls += 1;
        assert!(polls < 2, "async");
        std::task::Poll::Pending
    })
    .await
}

#[test]
fn a_panic_at_a_later_poll_is_a_failure() {
    let mut future = pin!(asynchronous());
    assert!(poll(future.as_mut()).is_pending());
    assert_eq!(panic_of(|| poll(future.as_mut())), "async");
    assert_one_failure(breaker!("panic/async"));
}

#[circuit_breaker(name = "panic/impl_future")]
fn impl_future() -> impl Future<Output = Answer> {
    async { panic!("impl future") }
}

#[test]
fn a_panic_of_a_returned_future_is_a_failure() {
    assert_eq!(panic_of(|| now(impl_future())), "impl future");
    assert_one_failure(breaker!("panic/impl_future"));
}

#[circuit_breaker(name = "panic/iterator")]
fn iterator() -> impl Iterator<Item = Answer> {
    (0..3).map(|n| if n == 1 { panic!("iterator") } else { Ok(n) })
}

#[test]
fn a_panic_of_an_iterators_next_is_a_failure_even_after_a_good_item() {
    let mut items = iterator();
    assert_eq!(items.next().unwrap().unwrap(), 0);
    assert_eq!(panic_of(|| items.next()), "iterator");
    assert_one_failure(breaker!("panic/iterator"));
    assert_eq!(items.next().unwrap().unwrap(), 2, "it goes on as the inner one does");
    drop(items);
    assert_one_failure(breaker!("panic/iterator"));
}

#[circuit_breaker(name = "panic/iterator_body")]
fn iterator_body() -> Box<dyn Iterator<Item = Answer>> {
    panic!("body")
}

#[test]
fn a_panic_while_an_iterator_is_made_is_a_failure() {
    assert_eq!(panic_of(iterator_body), "body");
    assert_one_failure(breaker!("panic/iterator_body"));
}

fn rude(_: &u32) -> bool {
    panic!("predicate")
}

#[circuit_breaker(name = "panic/predicate", failure_if = rude)]
fn judged() -> Answer {
    Ok(1)
}

#[circuit_breaker(name = "panic/item_predicate", failure_if = rude)]
fn judged_items() -> impl Iterator<Item = Answer> {
    std::iter::once(Ok(1))
}

#[test]
fn a_panic_of_a_predicate_is_a_failure() {
    assert_eq!(panic_of(judged), "predicate");
    assert_one_failure(breaker!("panic/predicate"));
}

#[test]
fn a_panic_of_a_predicate_asked_about_an_item_is_a_failure() {
    assert_eq!(panic_of(|| judged_items().next()), "predicate");
    assert_one_failure(breaker!("panic/item_predicate"));
}

#[test]
fn a_panic_inside_call_and_call_async_is_a_failure() {
    let (breaker, _) = owned(Settings::new());
    assert_eq!(panic_of(|| breaker.call(|| -> Answer { panic!("call") })), "call");
    assert_one_failure(&breaker);
    let panicking =
        breaker.call_async(async { if true { panic!("call_async") } else { Answer::Ok(1) } });
    assert_eq!(panic_of(|| now(panicking)), "call_async");
    assert_eq!(calls(&breaker).failure, 2);
}

#[circuit_breaker(name = "cancel/async", threshold = 1)]
async fn hanging() -> Answer {
    pending().await
}

#[test]
fn a_cancelled_call_counts_as_nothing() {
    {
        let mut future = pin!(hanging());
        assert!(poll(future.as_mut()).is_pending());
    }
    assert_one_cancelled(breaker!("cancel/async"));
}

#[circuit_breaker(name = "cancel/failure", on_cancel = failure)]
async fn hanging_fails() -> Answer {
    pending().await
}

#[test]
fn a_cancelled_call_is_a_failure_with_on_cancel_failure() {
    {
        let mut future = pin!(hanging_fails());
        assert!(poll(future.as_mut()).is_pending());
    }
    assert_one_failure(breaker!("cancel/failure"));
}

#[test]
fn a_cancelled_call_does_not_reset_the_count() {
    let (breaker, _) = owned(Settings::new());
    permit(&breaker).failure(&"down");
    drop(permit(&breaker));
    assert_eq!(breaker.failure_count(), 1);
}

#[test]
fn on_cancel_can_be_changed_while_running() {
    let (breaker, _) = owned(Settings::new());
    breaker.set_settings(Settings::new().on_cancel(OnCancel::Failure)).unwrap();
    drop(permit(&breaker));
    assert_eq!(breaker.failure_count(), 1);
}

#[circuit_breaker(name = "cancel/neighbour", threshold = 1)]
async fn neighbour() -> Answer {
    pending().await
}

#[test]
fn a_future_dropped_because_another_of_its_task_panics_is_cancelled() {
    let task = async {
        let guarded = neighbour();
        let other = async { assert_eq!(1, 2, "the other") };
        futures_util::future::join(guarded, other).await
    };
    assert!(panic_of(|| drop(now(task))).contains("the other"));
    assert_one_cancelled(breaker!("cancel/neighbour"));
}

#[circuit_breaker(name = "cancel/boxed_neighbour", threshold = 1)]
fn boxed_neighbour() -> std::pin::Pin<Box<dyn Future<Output = Answer>>> {
    Box::pin(pending())
}

#[test]
fn a_boxed_future_dropped_because_another_of_its_task_panics_is_cancelled() {
    let message = panic_of(|| {
        let mut guarded = boxed_neighbour();
        assert!(poll(guarded.as_mut()).is_pending());
        panic!("the other")
    });
    assert_eq!(message, "the other");
    assert_one_cancelled(breaker!("cancel/boxed_neighbour"));
}

#[test]
fn a_call_async_dropped_because_another_future_of_its_task_panics_is_cancelled() {
    let (breaker, _) = owned(Settings::new());
    let message = panic_of(|| {
        let mut guarded = pin!(breaker.call_async(pending::<Answer>()));
        assert!(poll(guarded.as_mut()).is_pending());
        panic!("the other")
    });
    assert_eq!(message, "the other");
    assert_one_cancelled(&breaker);
}

#[circuit_breaker(name = "cancel/iterator")]
fn items() -> impl Iterator<Item = Answer> {
    std::iter::repeat_with(|| Ok(1))
}

#[test]
fn an_iterator_dropped_because_its_consumer_panics_has_not_failed() {
    let message = panic_of(|| {
        let mut items = items();
        items.next().unwrap().unwrap();
        panic!("the consumer")
    });
    assert_eq!(message, "the consumer");
    assert_eq!(calls(breaker!("cancel/iterator")).failure, 0);
    assert_eq!(calls(breaker!("cancel/iterator")).success, 1);
}

#[circuit_breaker(name = "panic/while_unwinding", threshold = 1)]
fn on_the_way_out() -> Answer {
    Ok(1)
}

#[circuit_breaker(name = "panic/while_unwinding")]
async fn cancelled_on_the_way_out() -> Answer {
    pending().await
}

struct CallsWhenDropped;

impl Drop for CallsWhenDropped {
    fn drop(&mut self) {
        on_the_way_out().unwrap();
        let mut cancelled = pin!(cancelled_on_the_way_out());
        assert!(poll(cancelled.as_mut()).is_pending());
    }
}

#[test]
fn a_call_made_by_a_destructor_while_the_thread_panics_counts_by_its_own_outcome() {
    let message = panic_of(|| {
        let _calls = CallsWhenDropped;
        panic!("first")
    });
    assert_eq!(message, "first");
    let calls = calls(breaker!("panic/while_unwinding"));
    assert_eq!((calls.success, calls.failure, calls.cancelled), (1, 0, 1));
}

#[test]
fn a_permit_held_across_a_panic_is_a_failure() {
    let (breaker, _) = owned(Settings::new());
    let message = panic_of(|| {
        let _permit = permit(&breaker);
        panic!("held")
    });
    assert_eq!(message, "held");
    assert_one_failure(&breaker);
}

#[test]
fn the_error_of_call_tells_rejection_from_failure() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    assert_eq!(breaker.call(|| Ok::<_, Fault>(1)).unwrap(), 1);
    let inner = breaker.call(|| Err::<(), _>(Fault::Down(1))).unwrap_err();
    assert!(matches!(inner, CallError::Inner(Fault::Down(1))));
    let refused = now(breaker.call_async(async { Ok::<_, Fault>(1) })).unwrap_err();
    assert!(matches!(refused, CallError::Rejected(_)));
    breaker.close();
    succeed(&breaker);
}
