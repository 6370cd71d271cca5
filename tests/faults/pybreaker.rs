//! pybreaker 1.4.1, Python.

use std::sync::{Arc, Barrier};
use std::thread;

use circuit_runtime::{
    CircuitBreaker, Failure, Listener, State, StateChange, breaker, circuit_breaker,
};

use crate::support::{
    Answer, FRAGILE, Fault, TTL, clock_of, fail, now, owned, permit, probeable, succeed,
    without_deadlock,
};

/// A lock is held during the call: five threads of 0.2 s each take a second.
#[test]
fn guarded_calls_of_several_threads_run_at_the_same_time() {
    without_deadlock(|| {
        let (breaker, _clock) = owned(FRAGILE);
        let all_inside = Barrier::new(5);
        thread::scope(|scope| {
            for _ in 0..5 {
                scope.spawn(|| breaker.call(|| Ok::<_, ()>(all_inside.wait())).unwrap());
            }
        });
        assert_eq!(breaker.snapshot().calls.success, 5);
    });
}

#[circuit_breaker(name = "faults/pybreaker/coroutine", threshold = 1)]
async fn fails_later() -> Answer {
    std::future::ready(Err(Fault::Down)).await
}

/// Issue 7: a coroutine is a success when it is made, and its failure is never seen.
#[test]
fn an_async_call_counts_by_what_it_returns_in_the_end() {
    let future = fails_later();
    assert_eq!(breaker!("faults/pybreaker/coroutine").snapshot().calls.made(), 0);
    now(future).unwrap_err();
    assert_eq!(breaker!("faults/pybreaker/coroutine").state(), State::Open);
}

#[circuit_breaker(name = "faults/pybreaker/generator", threshold = 1)]
fn rows() -> impl Iterator<Item = Answer> {
    (0..3).map(Ok)
}

/// A generator that the consumer stops before its end is a failure.
#[test]
fn an_iterator_that_is_left_early_is_no_failure() {
    let breaker = breaker!("faults/pybreaker/generator");
    assert_eq!(rows().find_map(Result::ok), Some(0));
    drop(rows());
    let calls = breaker.snapshot().calls;
    assert_eq!((breaker.state(), calls.success, calls.cancelled), (State::Closed, 1, 1));
}

struct Raises;

impl Listener for Raises {
    fn before_call(&self, _: &CircuitBreaker) {
        panic!("before_call")
    }
    fn success(&self, _: &CircuitBreaker) {
        panic!("success")
    }
    fn failure(&self, _: &CircuitBreaker, _: &Failure<'_>) {
        panic!("failure")
    }
}

/// What a listener raises is the caller's: no call is made, a success is an error, a failure does not trip.
#[test]
fn a_listener_that_panics_stops_no_call_and_no_trip() {
    let (breaker, _clock) = owned(FRAGILE);
    breaker.add_listener(Raises);
    assert_eq!(breaker.call(|| Ok::<_, ()>(7)).unwrap(), 7);
    breaker.call(|| Err::<(), _>("down")).unwrap_err();
    assert_eq!((breaker.state(), breaker.snapshot().listener_panics), (State::Open, 4));
}

struct Compares;

impl Listener for Compares {
    fn state_change(&self, breaker: &CircuitBreaker, change: &StateChange) {
        assert_eq!((breaker.state(), breaker.snapshot().state), (change.to, change.to));
    }
}

/// Listeners are told before the storage is updated: one that reads the state reads the old one.
#[test]
fn a_listener_of_a_change_reads_the_new_state() {
    without_deadlock(|| {
        let (breaker, clock) = owned(FRAGILE);
        breaker.add_listener(Compares);
        fail(&breaker);
        clock.advance(TTL);
        succeed(&breaker);
        breaker.open();
        breaker.half_open();
        breaker.close();
        let snapshot = breaker.snapshot();
        assert_eq!((snapshot.transitions.total(), snapshot.listener_panics), (6, 0));
    });
}

#[circuit_breaker(name = "faults/pybreaker/tripping", threshold = 1)]
fn trips() -> Answer {
    Err(Fault::Down)
}

/// The call that trips raises `CircuitBreakerError` instead of its own error.
#[test]
fn the_call_that_trips_returns_its_own_error() {
    assert!(matches!(trips(), Err(Fault::Down)));
    assert!(matches!(trips(), Err(Fault::Refused(_))));
}

#[circuit_breaker(name = "faults/pybreaker/excluded", threshold = 2, ttl = 60, ignore = [Fault::Invalid])]
fn ignored() -> Answer {
    Err(Fault::Invalid)
}

#[circuit_breaker(name = "faults/pybreaker/excluded", exclude = [Fault::Invalid])]
fn excluded() -> Answer {
    Err(Fault::Invalid)
}

/// An excluded error is a success: it resets the count, and closes half-open. `exclude` is the same here; `ignore`
/// does neither.
#[test]
fn an_ignored_error_resets_no_count_and_an_excluded_one_does() {
    let breaker = breaker!("faults/pybreaker/excluded");
    fail(breaker);
    ignored().unwrap_err();
    assert_eq!(breaker.failure_count(), 1);
    excluded().unwrap_err();
    assert_eq!(breaker.failure_count(), 0);
}

/// Calls a function of the same breaker.
#[circuit_breaker(name = "faults/pybreaker/nested")]
fn outer() -> Answer {
    inner()
}

#[circuit_breaker(name = "faults/pybreaker/nested")]
fn inner() -> Answer {
    Err(Fault::Down)
}

/// One fault counts twice where a guarded function calls another of the same breaker. The same here, and the guide
/// says so; while half-open, the inner call is rejected and does not wait for the outer one.
#[test]
fn a_call_inside_a_call_of_the_same_breaker_counts_too_and_never_waits() {
    without_deadlock(|| {
        let breaker = breaker!("faults/pybreaker/nested");
        let clock = clock_of(breaker);
        outer().unwrap_err();
        assert_eq!(breaker.failure_count(), 2);
        breaker.open();
        clock.advance(TTL);
        assert!(matches!(outer(), Err(Fault::Refused(_))), "of the inner call");
    });
}

/// Reading a breaker whose time is over goes on saying "open".
#[test]
fn reading_the_state_of_a_breaker_whose_time_is_over_says_half_open_and_changes_nothing() {
    let (breaker, _clock) = probeable(FRAGILE);
    assert_eq!(breaker.state(), State::HalfOpen);
    assert_eq!(breaker.snapshot().transitions.count(State::Open, State::HalfOpen), 0);
    drop(permit(&breaker));
    assert_eq!(breaker.snapshot().transitions.count(State::Open, State::HalfOpen), 1);
}

/// Under the lock, a call that waits for a call of another thread waits for ever.
#[test]
fn a_guarded_call_may_wait_for_a_guarded_call_of_another_thread() {
    without_deadlock(|| {
        let breaker = Arc::new(CircuitBreaker::new("busy", FRAGILE).unwrap());
        let other = Arc::clone(&breaker);
        let wait = move || thread::spawn(move || other.call(|| Ok::<_, ()>(7)).unwrap()).join();
        assert_eq!(breaker.call(wait).unwrap(), 7);
        assert_eq!(breaker.snapshot().calls.success, 2);
    });
}
