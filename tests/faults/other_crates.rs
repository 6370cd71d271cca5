//! Smaller Rust crates, as of November 2026: breaker-machines 0.7.6, circuit_breaker 0.1.1, do-over 0.1.0, nobreak
//! 0.1.0, reliability-toolkit 0.1.1, resilient 0.1.0, resilient-rs 0.4.10, rssafecircuit 0.1.0.

use std::cell::Cell;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use circuit_runtime::{
    CallError, CircuitBreaker, Listener, Mode, Settings, State, StateChange, breaker,
    circuit_breaker,
};

use crate::support::{
    Answer, FRAGILE, Fault, TTL, cancel, clock_of, fail, let_in_at_once, now, owned, panic_of,
    probeable, rejected, succeed, without_deadlock,
};

/// nobreak, circuit_breaker, and resilient, whose cap counts calls that have ended: half-open lets in 8 of 8.
#[test]
fn of_eight_callers_one_is_let_in_while_half_open() {
    let (breaker, _clock) = probeable(FRAGILE);
    assert_eq!(let_in_at_once(&breaker, 8), 1);
}

/// nobreak, circuit_breaker, breaker-machines: a panic counts as nothing.
#[test]
fn a_panic_is_a_failure() {
    let (breaker, _clock) = owned(FRAGILE);
    assert_eq!(panic_of(|| breaker.call(|| -> Answer { panic!("boom") })), "boom");
    assert_eq!(breaker.state(), State::Open);
}

/// circuit_breaker: a success does not reset the count; one failure in a thousand calls opens after five.
#[test]
fn one_failure_in_a_thousand_calls_never_trips() {
    let (breaker, _clock) = owned(Settings::new().threshold(5));
    for _ in 0..50 {
        fail(&breaker);
        (0..1_000).for_each(|_| succeed(&breaker));
    }
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 0));
}

struct AsksWhenOpen(Arc<AtomicBool>);

impl Listener for AsksWhenOpen {
    fn state_change(&self, breaker: &CircuitBreaker, _: &StateChange) {
        let open = [breaker.state(), breaker.snapshot().state] == [State::Open; 2];
        self.0.store(open, Ordering::Release);
    }
}

/// circuit_breaker: `on_open` is called under the lock; one that reads the state waits for ever.
#[test]
fn a_listener_of_the_trip_may_read_the_state() {
    without_deadlock(|| {
        let (breaker, _clock) = owned(FRAGILE);
        let open = Arc::new(AtomicBool::new(false));
        breaker.add_listener(AsksWhenOpen(Arc::clone(&open)));
        fail(&breaker);
        assert!(open.load(Ordering::Acquire));
    });
}

/// circuit_breaker: errors come back boxed, without their type.
#[test]
fn an_error_comes_back_as_the_type_it_was() {
    let (breaker, _clock) = owned(Settings::new());
    let error: CallError<Fault> = breaker.call(|| Err::<u32, _>(Fault::Invalid)).unwrap_err();
    assert!(matches!(error, CallError::Inner(Fault::Invalid)));
}

/// resilient: in a pipeline, a breaker that is forced open runs the operation 10 of 10 times.
#[test]
fn a_breaker_that_is_forced_open_runs_nothing() {
    let (breaker, _clock) = owned(Settings::new());
    breaker.set_mode(Mode::ForcedOpen);
    let ran = Cell::new(0);
    let operation = || {
        ran.set(ran.get() + 1);
        Ok::<_, ()>(())
    };
    for _ in 0..10 {
        breaker.call(operation).unwrap_err();
        now(breaker.call_async(async { operation() })).unwrap_err();
    }
    assert_eq!(ran.get(), 0);
}

/// resilient: a rejection is recorded as a failure; five of them make one failure six.
#[test]
fn rejections_are_not_among_the_failures() {
    let (breaker, _clock) = owned(Settings::new().threshold(5));
    fail(&breaker);
    breaker.set_mode(Mode::ForcedOpen);
    (0..5).for_each(|_| drop(rejected(&breaker)));
    breaker.set_mode(Mode::Normal);
    assert_eq!((breaker.failure_count(), breaker.snapshot().calls.failure), (1, 1));
}

#[circuit_breaker(name = "faults/other_crates/cancelled", threshold = 1, ttl = 60)]
async fn hanging() -> Answer {
    pending().await
}

/// reliability-toolkit: after one cancelled probe, everything is rejected for ever.
#[test]
fn after_a_cancelled_probe_the_next_call_is_let_in() {
    let breaker = breaker!("faults/other_crates/cancelled");
    let clock = clock_of(breaker);
    breaker.open();
    clock.advance(TTL);
    cancel(hanging());
    succeed(breaker);
    assert_eq!(breaker.state(), State::Closed);
}

/// do-over: the first call after the time open takes the write lock under its own read guard, and waits for ever.
#[test]
fn the_first_call_after_the_time_open_goes_through() {
    without_deadlock(|| {
        let (breaker, _clock) = probeable(FRAGILE);
        assert_eq!(now(breaker.call_async(async { Ok::<_, ()>(7) })).unwrap(), 7);
        assert_eq!(breaker.state(), State::Closed);
    });
}

#[derive(Clone)]
struct Client {
    breaker: Arc<CircuitBreaker>,
}

/// do-over: `clone()` inside `async` panics, and copies the state instead of sharing it.
#[test]
fn clones_of_what_holds_a_breaker_share_its_state() {
    let client = Client { breaker: Arc::new(CircuitBreaker::new("shared", FRAGILE).unwrap()) };
    now(async {
        let clone = client.clone();
        fail(&clone.breaker);
    });
    assert_eq!(client.breaker.state(), State::Open);
}

/// rssafecircuit: opening without a listener panics.
#[test]
fn a_breaker_without_a_listener_trips() {
    let (breaker, _clock) = owned(Settings::new());
    (0..5).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Open);
}

/// rssafecircuit: half-open never ends.
#[test]
fn half_open_ends_with_the_first_outcome() {
    let (breaker, _clock) = probeable(FRAGILE);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
    let (breaker, _clock) = probeable(FRAGILE);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

/// breaker-machines: the window holds a thousand events, so more failures than that cannot be asked for.
#[test]
fn a_window_counts_five_thousand_failures() {
    let (breaker, _clock) = owned(Settings::new().window(TTL).threshold(5_000));
    (0..4_999).for_each(|_| fail(&breaker));
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 4_999));
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

/// breaker-machines, resilient-rs: a call takes `&mut self`, so threads cannot share a breaker.
#[test]
fn threads_share_a_breaker_and_lose_no_failure() {
    let (breaker, _clock) = owned(Settings::new().threshold(4_000));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..999).for_each(|_| fail(&breaker)));
        }
    });
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 3_996));
}
