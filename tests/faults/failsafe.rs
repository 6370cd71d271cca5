//! failsafe 1.3.0, Rust.

use std::future::pending;
use std::time::Duration;

use circuit_runtime::{
    CircuitBreaker, Listener, Settings, State, StateChange, breaker, circuit_breaker,
};

use crate::support::{
    Answer, FRAGILE, Fault, TTL, cancel, clock_of, fail, late_and_probe, let_in, let_in_at_once,
    ms, owned, panic_of, permit, probeable, rejected, succeed, without_deadlock,
};

/// Half-open lets everybody in: 8 of 8, 50 of 50.
#[test]
fn eight_callers_of_half_open_are_one_probe_and_seven_rejections() {
    let (breaker, _clock) = probeable(FRAGILE);
    assert_eq!(let_in_at_once(&breaker, 8), 1);
    assert_eq!(let_in(&breaker, 50).len(), 1);
}

#[circuit_breaker(name = "faults/failsafe/twenty", threshold = 3, ttl = 60, ignore = [Fault::Invalid])]
fn ignoring(fault: Fault) -> Answer {
    Err(fault)
}

#[circuit_breaker(name = "faults/failsafe/excluded", threshold = 3, ttl = 60, exclude = [Fault::Invalid])]
fn excluding(fault: Fault) -> Answer {
    Err(fault)
}

#[circuit_breaker(name = "faults/failsafe/window", threshold = 3, window = 60, exclude = [Fault::Invalid])]
fn windowed(fault: Fault) -> Answer {
    Err(fault)
}

/// An excluded error resets the count: twenty failures with one after every second never open, at a threshold of
/// three. `exclude` does so here too, because the dependency answered; `ignore`, or a window, does not.
#[test]
fn twenty_failures_with_ignored_errors_between_them_trip() {
    let open = |call: fn(Fault) -> Answer, breaker: &CircuitBreaker| {
        for n in 0..20 {
            drop(call(Fault::Down));
            if n % 2 == 1 {
                drop(call(Fault::Invalid));
            }
        }
        breaker.state() == State::Open
    };
    assert!(open(ignoring, breaker!("faults/failsafe/twenty")));
    assert!(open(windowed, breaker!("faults/failsafe/window")));
    assert!(!open(excluding, breaker!("faults/failsafe/excluded")));
}

#[circuit_breaker(name = "faults/failsafe/probe", threshold = 1, ttl = 60, ignore = [Fault::Invalid])]
fn probe() -> Answer {
    Err(Fault::Invalid)
}

/// A probe that ends in an excluded error closes.
#[test]
fn a_probe_that_ends_in_an_ignored_error_leaves_it_half_open() {
    let breaker = breaker!("faults/failsafe/probe");
    let clock = clock_of(breaker);
    breaker.open();
    clock.advance(TTL);
    probe().unwrap_err();
    assert_eq!(breaker.state(), State::HalfOpen);
    drop(permit(breaker));
}

/// A success of a call begun before the trip closes half-open.
#[test]
fn a_success_of_a_call_begun_before_the_trip_does_not_close() {
    let (breaker, clock) = owned(FRAGILE);
    let (late, probe) = late_and_probe(&breaker, &clock);
    late.success();
    assert_eq!(breaker.state(), State::HalfOpen);
    drop(probe);
}

/// A panic counts as nothing.
#[test]
fn a_panic_is_a_failure() {
    let (breaker, _clock) = owned(FRAGILE);
    assert_eq!(panic_of(|| breaker.call(|| -> Answer { panic!("boom") })), "boom");
    assert_eq!(breaker.state(), State::Open);
}

/// There is no guard: a call that is dropped is not heard of.
#[test]
fn a_dropped_call_is_counted_as_cancelled() {
    let (breaker, _clock) = probeable(FRAGILE);
    cancel(breaker.call_async(pending::<Answer>()));
    assert_eq!(breaker.snapshot().calls.cancelled, 1);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}

/// A window below 5 ms divides by zero.
#[test]
fn the_shortest_window_works_and_a_shorter_one_is_an_error() {
    let shortest = Settings::new().threshold(2).failure_rate(0.5).window(Settings::MIN_WINDOW);
    let (breaker, clock) = owned(shortest);
    fail(&breaker);
    clock.advance(ms(1));
    assert_eq!(breaker.snapshot().window_calls, Some(0));
    (0..2).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Open);
    for window in [Duration::ZERO, Duration::from_micros(999)] {
        let error = CircuitBreaker::new("short", shortest.window(window)).unwrap_err();
        assert_eq!(error.key(), "window");
    }
}

/// A window below a second is cut to zero.
#[test]
fn a_window_below_a_second_is_as_long_as_it_says() {
    let (breaker, clock) = owned(Settings::new().threshold(2).window(ms(900)));
    fail(&breaker);
    clock.advance(ms(890));
    assert_eq!(breaker.failure_count(), 1, "99 % of the window have not passed");
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
    breaker.close();
    fail(&breaker);
    clock.advance(ms(900));
    fail(&breaker);
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 1));
}

/// The success rate is not looked at until the first window has passed.
#[test]
fn a_rate_is_looked_at_within_the_first_window() {
    let rate = Settings::new().window(TTL).threshold(5).failure_rate(0.5);
    let (breaker, _clock) = owned(rate);
    (0..5).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Open);
}

struct Asks;

impl Listener for Asks {
    fn state_change(&self, breaker: &CircuitBreaker, change: &StateChange) {
        assert_eq!((breaker.state(), breaker.snapshot().state), (change.to, change.to));
    }
}

/// `reset()` calls the listener under the lock.
#[test]
fn a_listener_of_a_close_by_hand_may_ask_the_breaker() {
    without_deadlock(|| {
        let (breaker, _clock) = owned(FRAGILE);
        breaker.add_listener(Asks);
        fail(&breaker);
        breaker.close();
        assert_eq!(breaker.snapshot().listener_panics, 0);
    });
}

/// Issue 41: when to try again cannot be asked.
#[test]
fn a_rejection_says_when_to_try_again() {
    let (breaker, clock) = owned(FRAGILE);
    fail(&breaker);
    clock.advance(ms(20_000));
    let wait = rejected(&breaker).retry_after().unwrap();
    assert_eq!((wait, breaker.retry_after()), (ms(40_000), Some(wait)));
    clock.advance(wait);
    succeed(&breaker);
}
