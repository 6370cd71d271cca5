//! Hystrix (`7c03baf`), Java; read, not run.

use std::future::pending;

use circuit_runtime::{Permit, State, breaker, circuit_breaker};

use crate::support::{
    Answer, FRAGILE, Fault, TTL, clock_of, fail, let_in, owned, permit, poll, probeable, rejected,
};

/// `markSuccess` of any command closes, whether it was the probe or not.
#[test]
fn only_the_probes_success_closes() {
    let (breaker, clock) = owned(FRAGILE);
    let late = let_in(&breaker, 10);
    fail(&breaker);
    clock.advance(TTL);
    let probe = permit(&breaker);
    late.into_iter().for_each(Permit::success);
    assert_eq!(breaker.state(), State::HalfOpen);
    probe.success();
    assert_eq!(breaker.state(), State::Closed);
}

/// `markNonSuccess` of any command opens again, whether it was the probe or not.
#[test]
fn only_the_probes_failure_opens_again() {
    let (breaker, clock) = owned(FRAGILE);
    let late = let_in(&breaker, 10);
    fail(&breaker);
    clock.advance(TTL);
    let probe = permit(&breaker);
    for late in late {
        late.failure(&"late");
    }
    assert_eq!((breaker.state(), breaker.retry_after()), (State::HalfOpen, Some(TTL)));
    probe.success();
    assert_eq!(breaker.state(), State::Closed);
}

#[circuit_breaker(name = "faults/hystrix/unsubscribed", threshold = 1, ttl = 60)]
async fn hanging() -> Answer {
    pending().await
}

/// An unsubscribe counts as a failure: one of an older, unrelated command opens again, and so does the probe's.
#[test]
fn a_cancelled_call_opens_nothing_whether_it_is_old_or_the_probe() {
    let breaker = breaker!("faults/hystrix/unsubscribed");
    let clock = clock_of(breaker);
    let mut old = Box::pin(hanging());
    assert!(poll(old.as_mut()).is_pending());
    fail(breaker);
    clock.advance(TTL);
    let mut probe = Box::pin(hanging());
    assert!(poll(probe.as_mut()).is_pending());
    drop(old);
    assert_eq!((breaker.state(), breaker.snapshot().probes_in_flight), (State::HalfOpen, 1));
    drop(probe);
    assert_eq!((breaker.state(), breaker.snapshot().probes_in_flight), (State::HalfOpen, 0));
}

#[circuit_breaker(name = "faults/hystrix/bad_request", threshold = 1, ttl = 60, exclude = [Fault::Invalid])]
fn bad_request() -> Answer {
    Err(Fault::Invalid)
}

/// A `HystrixBadRequestException` is no failure, but a probe that ends in one opens again.
#[test]
fn a_bad_request_of_a_probe_does_not_open_again() {
    let breaker = breaker!("faults/hystrix/bad_request");
    let clock = clock_of(breaker);
    breaker.open();
    clock.advance(TTL);
    bad_request().unwrap_err();
    assert_eq!(breaker.state(), State::Closed, "the dependency answered");
}

/// The health of a command is computed anew every 500 ms, and until then a dead dependency is called on.
#[test]
fn the_failure_that_reaches_the_threshold_is_the_last_call_made() {
    let (breaker, _clock) = owned(FRAGILE.threshold(20));
    let made = (0..1_000).filter(|_| {
        let permit = breaker.try_acquire().ok();
        permit.map(|permit| permit.failure(&"down")).is_some()
    });
    assert_eq!(made.count(), 20);
}

/// The first success puts all traffic back at once; a few of them in a row can be asked for.
#[test]
fn a_single_success_need_not_be_enough() {
    let (breaker, _clock) = probeable(FRAGILE.success_threshold(3));
    for _ in 0..3 {
        assert_eq!(breaker.state(), State::HalfOpen);
        let probe = permit(&breaker);
        rejected(&breaker);
        probe.success();
    }
    assert_eq!(breaker.state(), State::Closed);
}
