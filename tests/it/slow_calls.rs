//! Calls that take too long are failures, whatever they return.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use circuit_runtime::test_util::ManualClock;
use circuit_runtime::{
    CircuitBreaker, Failure, FailureKind, Listener, Mode, OnCancel, Settings, State, breaker,
    circuit_breaker,
};
use futures_util::StreamExt as _;

use crate::support::{Answer, TTL, calls, clock_of, fail, ms, now, owned, permit, poll, succeed};

const LIMIT: Duration = Duration::from_millis(500);

fn slow() -> (CircuitBreaker, ManualClock) {
    owned(Settings::new().slow_call(LIMIT).ttl(TTL))
}

fn slow_calls(breaker: &CircuitBreaker) -> u64 {
    breaker.snapshot().calls.slow
}

#[test]
fn a_call_that_takes_longer_is_a_failure_and_one_that_takes_just_so_long_is_none() {
    let (breaker, clock) = slow();
    let call = permit(&breaker);
    clock.advance(LIMIT);
    call.success();
    assert_eq!((calls(&breaker), slow_calls(&breaker)), ([1, 0, 0, 0, 0, 0], 0));
    let call = permit(&breaker);
    clock.advance(LIMIT + Duration::from_micros(1));
    call.success();
    assert_eq!((calls(&breaker), slow_calls(&breaker)), ([1, 1, 0, 0, 0, 0], 1));
    assert_eq!(breaker.failure_count(), 1);
}

#[test]
fn what_it_returns_is_returned_and_the_trip_says_how_long_it_took() {
    let (breaker, clock) = owned(Settings::new().threshold(1).slow_call(LIMIT));
    let returned = breaker.call(|| {
        clock.advance(ms(731));
        Ok::<_, ()>(7)
    });
    assert!(matches!(returned, Ok(7)));
    assert_eq!(breaker.state(), State::Open);
    let trip = breaker.last_trip().unwrap().to_string();
    assert_eq!(trip, "1 failure in a row (threshold 1), last: took 731ms, longer than 500ms");
}

#[test]
fn an_excluded_error_that_comes_late_is_a_failure_and_an_ignored_one_is_nothing() {
    let (breaker, clock) = slow();
    let (excluded, ignored) = (permit(&breaker), permit(&breaker));
    clock.advance(TTL);
    excluded.excluded();
    ignored.ignore();
    assert_eq!((calls(&breaker), slow_calls(&breaker)), ([0, 1, 0, 1, 0, 0], 1));
}

#[test]
fn a_failure_that_took_long_keeps_its_own_words() {
    let (breaker, clock) = owned(Settings::new().threshold(1).slow_call(LIMIT));
    let call = permit(&breaker);
    clock.advance(TTL);
    call.failure(&"refused");
    assert_eq!((calls(&breaker), slow_calls(&breaker)), ([0, 1, 0, 0, 0, 0], 1));
    assert_eq!(breaker.last_trip().unwrap().last_failures, ["refused"]);
}

#[test]
fn a_timeout_put_around_a_call_trips_on_a_dependency_that_hangs() {
    let (breaker, clock) = owned(Settings::new().threshold(2).slow_call(LIMIT));
    for _ in 0..2 {
        let mut call = Box::pin(breaker.call_async(std::future::pending::<Result<(), ()>>()));
        assert!(poll(call.as_mut()).is_pending());
        clock.advance(LIMIT * 2);
        drop(call);
    }
    assert_eq!((calls(&breaker), slow_calls(&breaker)), ([0, 2, 0, 0, 0, 0], 2));
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_call_cancelled_in_time_is_cancelled() {
    let (breaker, clock) = slow();
    let call = permit(&breaker);
    clock.advance(LIMIT);
    drop(call);
    assert_eq!(calls(&breaker), [0, 0, 0, 0, 1, 0]);
    let (breaker, clock) = owned(Settings::new().slow_call(LIMIT).on_cancel(OnCancel::Failure));
    for time in [LIMIT, LIMIT * 2] {
        let call = permit(&breaker);
        clock.advance(time);
        drop(call);
    }
    assert_eq!((calls(&breaker), slow_calls(&breaker)), ([0, 2, 0, 0, 0, 0], 1));
}

#[test]
fn a_slow_probe_opens_again() {
    let (breaker, clock) = slow();
    breaker.open();
    clock.advance(TTL);
    let probe = permit(&breaker);
    clock.advance(LIMIT * 2);
    probe.success();
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn slow_calls_are_failures_of_a_window_too() {
    let settings = Settings::new().threshold(2).window(TTL).failure_rate(0.5).slow_call(LIMIT);
    let (breaker, clock) = owned(settings);
    (0..2).for_each(|_| succeed(&breaker));
    for _ in 0..2 {
        let call = permit(&breaker);
        clock.advance(LIMIT * 2);
        call.success();
    }
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.last_trip().unwrap().calls, Some(4));
}

#[test]
fn the_time_before_the_first_poll_is_not_the_calls() {
    let (breaker, clock) = slow();
    let call = breaker.call_async(async { Ok::<_, ()>(()) });
    clock.advance(TTL);
    assert!(now(call).is_ok());
    assert_eq!(calls(&breaker), [1, 0, 0, 0, 0, 0]);
}

#[test]
fn the_time_between_two_polls_is_the_calls() {
    let (breaker, clock) = slow();
    let mut polls = 0;
    let waits = poll_fn(|_| {
        polls += 1;
        if polls == 1 { Poll::Pending } else { Poll::Ready(Ok::<_, ()>(())) }
    });
    let mut call = pin!(breaker.call_async(waits));
    assert!(poll(call.as_mut()).is_pending());
    clock.advance(LIMIT * 2);
    assert!(poll(call).is_ready());
    assert_eq!(slow_calls(&breaker), 1);
}

thread_local! {
    static CLOCK: RefCell<Option<ManualClock>> = const { RefCell::new(None) };
}

/// The dependency takes so long.
fn takes(time: Duration) {
    CLOCK.with_borrow(|clock| clock.as_ref().expect("set").advance(time));
}

fn dependency_of(breaker: &'static CircuitBreaker) -> ManualClock {
    let clock = clock_of(breaker);
    CLOCK.set(Some(clock.clone()));
    clock
}

#[circuit_breaker(name = "slow/items", slow_call = "500ms")]
fn items(each: Duration) -> impl Iterator<Item = Answer> {
    (0..4).map(move |n| {
        takes(each);
        Ok(n)
    })
}

#[test]
fn of_an_iterator_only_the_time_counts_that_is_spent_waiting_for_items() {
    let breaker = breaker!("slow/items");
    let clock = dependency_of(breaker);
    // The caller takes its time, and the dependency does not.
    items(ms(1)).for_each(|_| clock.advance(TTL));
    assert_eq!(calls(breaker), [1, 0, 0, 0, 0, 0]);
    // Each item in time, and the whole too late.
    items(ms(130)).for_each(drop);
    assert_eq!((calls(breaker), slow_calls(breaker)), ([1, 1, 0, 0, 0, 0], 1));
    // Dropped long after its last item.
    let mut some = items(ms(1));
    some.next();
    clock.advance(TTL);
    drop(some);
    assert_eq!(calls(breaker), [2, 1, 0, 0, 0, 0]);
    // Dropped before its first item, long after it was made.
    let none = items(ms(1));
    clock.advance(TTL);
    drop(none);
    assert_eq!(calls(breaker), [2, 1, 0, 0, 1, 0]);
}

#[circuit_breaker(name = "slow/opening", slow_call = "500ms")]
fn opening(time: Duration) -> Result<impl Iterator<Item = Answer>, crate::support::Fault> {
    takes(time);
    Ok(std::iter::once(Ok(1)))
}

#[test]
fn the_time_that_it_takes_to_make_an_iterator_counts() {
    let breaker = breaker!("slow/opening");
    dependency_of(breaker);
    assert_eq!(opening(LIMIT * 2).unwrap().count(), 1);
    assert_eq!(slow_calls(breaker), 1);
}

#[circuit_breaker(name = "slow/stream", slow_call = "500ms")]
fn stream(each: Duration) -> impl futures_core::Stream<Item = Answer> {
    let mut ready = true;
    futures_util::stream::poll_fn(move |context| {
        // Every item takes two polls.
        ready = !ready;
        if ready {
            return Poll::Ready(Some(Ok(1)));
        }
        takes(each);
        context.waker().wake_by_ref();
        Poll::Pending
    })
}

#[test]
fn of_a_stream_the_time_counts_until_an_item_is_there() {
    let breaker = breaker!("slow/stream");
    let clock = dependency_of(breaker);
    // A caller that takes its time, and a dependency that does.
    for (each, idle, is_slow) in [(ms(1), TTL, false), (ms(300), ms(0), true)] {
        let before = slow_calls(breaker);
        {
            let mut items = pin!(stream(each));
            for _ in 0..2 {
                let mut item = pin!(items.next());
                assert!(poll(item.as_mut()).is_pending());
                assert!(poll(item).is_ready());
                clock.advance(idle);
            }
        }
        assert_eq!(slow_calls(breaker) - before, u64::from(is_slow), "{each:?}");
    }
}

#[test]
fn in_shadow_a_slow_call_is_told_apart_too() {
    let (breaker, clock) = slow();
    breaker.set_mode(Mode::Shadow);
    breaker.open();
    let call = permit(&breaker);
    clock.advance(LIMIT * 2);
    call.success();
    assert_eq!((calls(&breaker), slow_calls(&breaker)), ([0, 1, 0, 0, 0, 0], 1));
}

#[test]
fn a_limit_set_while_calls_are_out_holds_for_those_that_begin_after_it() {
    let (breaker, clock) = owned(Settings::new());
    fail(&breaker);
    let before = permit(&breaker);
    breaker.set_settings(Settings::new().slow_call(LIMIT)).unwrap();
    let after = permit(&breaker);
    clock.advance(TTL);
    before.success();
    assert_eq!(calls(&breaker), [1, 1, 0, 0, 0, 0]);
    after.success();
    assert_eq!((calls(&breaker), slow_calls(&breaker)), ([1, 2, 0, 0, 0, 0], 1));
}

struct Kinds(Arc<Mutex<Vec<FailureKind>>>);

impl Listener for Kinds {
    fn success(&self, _: &CircuitBreaker) {
        panic!("it was slow");
    }
    fn failure(&self, _: &CircuitBreaker, failure: &Failure<'_>) {
        self.0.lock().unwrap().push(failure.kind());
    }
}

#[test]
fn listeners_are_told_of_a_failure() {
    let (breaker, clock) = slow();
    let kinds = Arc::<Mutex<Vec<FailureKind>>>::default();
    breaker.add_listener(Kinds(Arc::clone(&kinds)));
    let (late, cancelled) = (permit(&breaker), permit(&breaker));
    clock.advance(LIMIT * 2);
    late.success();
    drop(cancelled);
    assert_eq!(*kinds.lock().unwrap(), [FailureKind::Slow; 2]);
    assert_eq!(breaker.snapshot().listener_panics, 0);
}

#[circuit_breaker(name = "slow/async", slow_call = 0.5, threshold = 1)]
async fn waits(future: impl Future<Output = Answer>) -> Answer {
    future.await
}

#[test]
fn an_attribute_declares_the_limit() {
    let breaker = breaker!("slow/async");
    let clock = clock_of(breaker);
    let mut call = Box::pin(waits(std::future::pending()));
    assert!(poll(call.as_mut()).is_pending());
    clock.advance(LIMIT * 2);
    drop(call);
    assert_eq!((breaker.state(), slow_calls(breaker)), (State::Open, 1));
}
