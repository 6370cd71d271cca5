//! opossum 9.0.0, Node.

use std::future::pending;
use std::time::SystemTime;

use circuit_runtime::{Mode, Settings, State, breaker, circuit_breaker};

use crate::support::{
    Answer, FRAGILE, Fault, TTL, clock_of, fail, late_and_probe, let_in, owned, permit, poll,
    probeable, rejected, succeed,
};

/// A success of a call begun before the trip closes while the probe is out.
#[test]
fn a_late_success_does_not_close() {
    let (breaker, clock) = owned(FRAGILE);
    let (late, probe) = late_and_probe(&breaker, &clock);
    late.success();
    assert_eq!(breaker.state(), State::HalfOpen);
    probe.failure(&"down");
    assert_eq!(breaker.state(), State::Open);
}

#[circuit_breaker(name = "faults/opossum/hung", threshold = 1, ttl = 60)]
async fn hanging() -> Answer {
    pending().await
}

/// Without a timeout, a probe that hangs keeps the circuit half-open for ever.
#[test]
fn a_probe_that_hangs_loses_its_place() {
    let breaker = breaker!("faults/opossum/hung");
    let clock = clock_of(breaker);
    breaker.open();
    clock.advance(TTL);
    let mut hung = Box::pin(hanging());
    assert!(poll(hung.as_mut()).is_pending());
    rejected(breaker);
    clock.advance(TTL);
    succeed(breaker);
    drop(hung);
    assert_eq!(breaker.state(), State::Closed);
}

#[circuit_breaker(name = "faults/opossum/filtered", threshold = 1, ttl = 60, ignore = [Fault::Invalid])]
fn filtered() -> Answer {
    Err(Fault::Invalid)
}

/// A probe whose error the `errorFilter` takes out closes the circuit.
#[test]
fn a_probe_that_ends_in_an_ignored_error_closes_nothing() {
    let breaker = breaker!("faults/opossum/filtered");
    let clock = clock_of(breaker);
    breaker.open();
    clock.advance(TTL);
    for _ in 0..3 {
        filtered().unwrap_err();
        assert_eq!((breaker.state(), breaker.success_count()), (State::HalfOpen, 0));
    }
    succeed(breaker);
    assert_eq!(breaker.state(), State::Closed);
}

/// Its own rejections for want of capacity count as failures, and open it though the action never failed.
#[test]
fn rejections_for_want_of_a_place_are_no_failures() {
    let (breaker, _clock) = probeable(FRAGILE);
    let probe = permit(&breaker);
    for _ in 0..100 {
        rejected(&breaker);
    }
    assert_eq!((breaker.state(), breaker.snapshot().calls.failure), (State::HalfOpen, 0));
    probe.success();
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 0));
}

/// The time in an exported state is that of construction, so a restored circuit is of the wrong age.
#[test]
fn a_breaker_knows_when_it_opened_and_not_only_when_it_was_made() {
    let (breaker, clock) = owned(FRAGILE);
    let made = SystemTime::now();
    while SystemTime::now() == made {}
    clock.advance(TTL / 2);
    let before = SystemTime::now();
    fail(&breaker);
    let snapshot = breaker.snapshot();
    assert!(snapshot.opened_at.is_some_and(|at| at >= before));
    assert_eq!(snapshot.last_trip.unwrap().at, snapshot.opened_at.unwrap());
    assert_eq!(snapshot.retry_after, Some(TTL));
    assert_eq!(snapshot.time_in_state[0], (State::Closed, TTL / 2));
}

/// Rejected calls are among the calls, so one failure and twenty rejections are an error rate of 4.8 %.
#[test]
fn rejected_calls_do_not_water_the_failure_rate_down() {
    let rate = Settings::new().window(TTL).threshold(2).failure_rate(1.0);
    let (breaker, _clock) = owned(rate);
    fail(&breaker);
    breaker.set_mode(Mode::ForcedOpen);
    for _ in 0..20 {
        rejected(&breaker);
    }
    breaker.set_mode(Mode::Normal);
    assert_eq!(breaker.snapshot().window_calls, Some(1));
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
    let calls = breaker.snapshot().calls;
    assert_eq!((calls.made(), calls.rejected), (2, 20));
}

/// Issue 819: while half-open, more than one call comes through.
#[test]
fn one_call_at_a_time_comes_through_while_half_open() {
    let (breaker, _clock) = probeable(FRAGILE);
    assert_eq!(let_in(&breaker, 50).len(), 1);
}
