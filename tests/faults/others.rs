//! cockatiel 3.2.1 (Node), fabfuel's circuitbreaker (Python), mercari's, eapache's and afex's breakers and go-zero (Go),
//! Envoy, linkerd2-proxy, Vert.x.

use std::future::pending;
use std::mem;
use std::pin::pin;
use std::thread;

use circuit_runtime::{Permit, Rejected, Settings, State, breaker, circuit_breaker, registry};

use crate::support::{
    Answer, FRAGILE, Fault, TTL, cancel, fail, late_and_probe, let_in, ms, owned, permit, poll,
    probeable, rejected, succeed, without_deadlock,
};

/// cockatiel: a failure of a call begun before the trip opens again.
#[test]
fn a_late_failure_does_not_open_again() {
    let (breaker, clock) = owned(FRAGILE.max_ttl(TTL * 8));
    let (late, probe) = late_and_probe(&breaker, &clock);
    late.failure(&"late");
    assert_eq!(breaker.state(), State::HalfOpen);
    probe.success();
    assert_eq!(breaker.state(), State::Closed);
}

/// cockatiel: callers wait in line behind a probe that hangs.
#[test]
fn callers_behind_a_probe_that_hangs_are_rejected_at_once() {
    without_deadlock(|| {
        let (breaker, clock) = probeable(FRAGILE);
        mem::forget(permit(&breaker));
        clock.advance(ms(1));
        let rejections = thread::scope(|scope| {
            let callers: Vec<_> = (0..4).map(|_| scope.spawn(|| rejected(&breaker))).collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).collect::<Vec<_>>()
        });
        let waits = rejections.iter().map(Rejected::retry_after);
        assert!(waits.eq([Some(TTL - ms(1)); 4]));
    });
}

#[circuit_breaker(name = "faults/others/generator", threshold = 1)]
fn rows() -> impl Iterator<Item = Answer> {
    [Ok(1), Err(Fault::Down)].into_iter()
}

/// fabfuel, issue 4: a generator is a success once it is made; what it raises later is not seen.
#[test]
fn a_failure_of_a_later_item_is_the_outcome_of_the_call() {
    let breaker = breaker!("faults/others/generator");
    let mut rows = rows();
    assert_eq!((rows.next().unwrap().unwrap(), breaker.snapshot().calls.made()), (1, 0));
    rows.next().unwrap().unwrap_err();
    assert_eq!(breaker.state(), State::Open);
}

/// fabfuel, mercari, eapache: half-open lets everybody in.
#[test]
fn half_open_lets_one_in_and_not_everybody() {
    let (breaker, _clock) = probeable(FRAGILE);
    assert_eq!(let_in(&breaker, 50).len(), 1);
}

/// afex/hystrix-go: any success closes, whichever call it is of.
#[test]
fn a_success_of_a_call_that_is_not_the_probe_does_not_close() {
    let (breaker, clock) = owned(FRAGILE);
    let late = let_in(&breaker, 3);
    fail(&breaker);
    let mut late = late.into_iter();
    late.by_ref().take(1).for_each(Permit::success);
    assert_eq!(breaker.retry_after(), Some(TTL), "while open");
    clock.advance(TTL);
    let probe = permit(&breaker);
    late.for_each(Permit::success);
    assert_eq!(breaker.state(), State::HalfOpen, "while half-open");
    drop(probe);
}

/// go-zero 5011: a call counts when it ends, so those that hang are not seen. The same here: a call that hangs has no
/// outcome yet. With `slow_call`, it is a failure as soon as the caller gives it up.
#[test]
fn a_call_that_hangs_is_a_failure_once_its_caller_gives_up() {
    let (breaker, clock) = owned(FRAGILE.slow_call(ms(2_000)));
    {
        let mut hung = pin!(breaker.call_async(pending::<Answer>()));
        assert!(poll(hung.as_mut()).is_pending());
        clock.advance(ms(2_001));
        assert_eq!(breaker.state(), State::Closed);
    }
    assert_eq!((breaker.state(), breaker.snapshot().calls.slow), (State::Open, 1));
}

/// Envoy: a host that was ejected comes back at its full weight.
#[test]
fn a_dependency_that_comes_back_gets_a_single_call_first() {
    let (breaker, _clock) = probeable(FRAGILE.success_threshold(2));
    for _ in 0..2 {
        let let_in = let_in(&breaker, 100);
        assert_eq!(let_in.len(), 1);
        let_in.into_iter().for_each(Permit::success);
    }
    assert_eq!(let_in(&breaker, 100).len(), 100);
}

#[circuit_breaker(name = "faults/others/dropped", threshold = 1, ttl = 60)]
async fn response() -> Answer {
    pending().await
}

/// linkerd2-proxy: a request that is dropped before its response has begun seems to keep its place.
#[test]
fn a_probe_dropped_before_its_answer_has_begun_gives_its_place_back() {
    let breaker = breaker!("faults/others/dropped");
    breaker.half_open();
    (0..3).for_each(|_| cancel(response()));
    assert_eq!(breaker.snapshot().probes_in_flight, 0);
    succeed(breaker);
    assert_eq!(breaker.state(), State::Closed);
}

/// Vert.x, issues 17 and 58: the registry grows with every breaker that is made.
#[test]
fn a_name_that_is_registered_again_is_the_same_breaker() {
    let first = registry().get_or_register("faults/others/again", Settings::new());
    for _ in 0..1_000 {
        let again = registry().get_or_register("faults/others/again", Settings::new());
        assert!(std::ptr::eq(first, again));
    }
    drop(owned(Settings::new()));
    let known = registry().iter().filter(|breaker| breaker.name() == "faults/others/again");
    assert_eq!(known.count(), 1);
    assert!(registry().iter().all(|breaker| breaker.name() != "owned"), "a value of one's own");
}
