//! circuitbreaker-rs 0.1.1, Rust.

use std::future::pending;
use std::thread;

use circuit_runtime::{Permit, Settings, State};

use crate::support::{
    Answer, FRAGILE, TTL, cancel, fail, late_and_probe, let_in, let_in_at_once, owned, panic_of,
    permit, probeable, rejected, succeed,
};

/// `probe_interval` 3: after four cancelled probes, no call is let in any more.
#[test]
fn four_cancelled_probes_of_three_places_leave_three_places() {
    let (breaker, _clock) = probeable(FRAGILE.probes(3).success_threshold(3));
    for _ in 0..4 {
        cancel(breaker.call_async(pending::<Answer>()));
    }
    assert_eq!(let_in(&breaker, 10).len(), 3);
}

/// One probe at a time and three successes needed: two calls are let in, and then none.
#[test]
fn more_successes_than_places_can_be_had_one_after_the_other() {
    let (breaker, _clock) = probeable(FRAGILE.success_threshold(3));
    (0..3).for_each(|_| succeed(&breaker));
    assert_eq!(breaker.state(), State::Closed);
}

/// Probes that panic keep their places: half-open for ever.
#[test]
fn probes_that_panic_keep_no_places() {
    let (breaker, clock) = probeable(FRAGILE);
    for _ in 0..5 {
        assert_eq!(panic_of(|| breaker.call(|| -> Answer { panic!("boom") })), "boom");
        assert_eq!(breaker.state(), State::Open);
        clock.advance(TTL);
    }
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}

/// A panic of a closed circuit counts as nothing.
#[test]
fn a_panic_is_a_failure() {
    let (breaker, _clock) = owned(FRAGILE);
    assert_eq!(panic_of(|| breaker.call(|| -> Answer { panic!("boom") })), "boom");
    assert_eq!((breaker.state(), breaker.snapshot().calls.failure), (State::Open, 1));
}

/// `TimeBasedPolicy`, rate 0.5 of at least ten calls: closed after 10 000 failures, since no call reaches it.
#[test]
fn a_rate_in_a_time_window_trips() {
    let rate = Settings::new().window(TTL).threshold(1).failure_rate(0.5).minimum_calls(10);
    let (breaker, _clock) = owned(rate);
    (0..9).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

/// The rate is that of the whole life: after 100 000 successes, 99 999 failures are needed.
#[test]
fn a_rate_forgets_what_is_older_than_the_window() {
    let rate = Settings::new().window(TTL).threshold(10).failure_rate(0.5);
    let (breaker, clock) = owned(rate);
    (0..100_000).for_each(|_| succeed(&breaker));
    clock.advance(TTL);
    (0..10).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Open);
}

/// One place, and two callers that ask together are both let in: it is read and then counted down.
#[test]
fn two_callers_at_the_same_moment_get_one_place() {
    for _ in 0..200 {
        let (breaker, _clock) = probeable(FRAGILE);
        assert_eq!(let_in_at_once(&breaker, 2), 1);
    }
}

/// The state is written before its time: who reads in between finds it open since long ago, and goes half-open.
#[test]
fn nobody_gets_in_at_the_moment_it_opens() {
    for _ in 0..200 {
        let (breaker, clock) = owned(FRAGILE);
        // The last time it opened was long ago.
        fail(&breaker);
        clock.advance(TTL * 100);
        succeed(&breaker);
        let last = permit(&breaker);
        thread::scope(|scope| {
            let asking = scope.spawn(|| {
                while breaker.try_acquire().map(Permit::ignore).is_ok() {}
                (0..100).all(|_| breaker.try_acquire().is_err())
            });
            last.failure(&"down");
            assert!(asking.join().unwrap());
        });
        assert_eq!(breaker.snapshot().transitions.count(State::Open, State::HalfOpen), 1);
    }
}

/// A success of a call begun before the trip closes.
#[test]
fn a_late_success_closes_nothing() {
    let (breaker, clock) = owned(FRAGILE);
    let (late, probe) = late_and_probe(&breaker, &clock);
    late.success();
    assert_eq!(breaker.state(), State::HalfOpen);
    rejected(&breaker);
    drop(probe);
}
