//! gobreaker 2 (`fed8e9e`), Go.

use std::mem;

use circuit_runtime::{CircuitBreaker, Listener, Permit, State, StateChange};

use crate::support::{
    FRAGILE, TTL, fail, let_in, owned, permit, probeable, rejected, succeed, without_deadlock,
};

/// `Allow()` whose `done` is never called keeps half-open for ever.
#[test]
fn a_permit_that_is_never_ended_does_not_keep_it_half_open() {
    let (breaker, clock) = probeable(FRAGILE);
    drop(permit(&breaker));
    mem::forget(permit(&breaker));
    rejected(&breaker);
    clock.advance(TTL);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}

/// Whether a type is not `Clone` is for the compiler to say: of one that is, it would not know which `HERE` is meant.
trait OnlyWithoutClone<Hint> {
    const HERE: () = ();
}

impl<T> OnlyWithoutClone<()> for T {}
impl<T: Clone> OnlyWithoutClone<u8> for T {}

/// `done` can be called again and again: three calls on one permit reach a threshold of three.
#[test]
fn a_permit_ends_once() {
    const _: () = <Permit<'_> as OnlyWithoutClone<_>>::HERE;
    // Each takes the permit, not a reference to it.
    let ends: [fn(Permit<'_>); 5] = [
        |permit| permit.success(),
        |permit| permit.failure(&"down"),
        |permit| permit.excluded(),
        |permit| permit.ignore(),
        |permit| drop(permit),
    ];
    for end in ends {
        let (breaker, _clock) = owned(FRAGILE.threshold(2));
        end(permit(&breaker));
        assert_eq!(breaker.snapshot().calls.made(), 1, "its drop is not counted as well");
        assert!(breaker.failure_count() <= 1);
    }
}

struct Resets;

impl Listener for Resets {
    fn state_change(&self, breaker: &CircuitBreaker, change: &StateChange) {
        assert_eq!(breaker.state(), change.to);
        if change.to == State::Open {
            breaker.close();
            breaker.call(|| Ok::<_, ()>(1)).unwrap();
        }
    }
}

/// `OnStateChange` is called under the mutex: one that asks the breaker waits for ever.
#[test]
fn a_listener_of_a_state_change_may_use_the_breaker() {
    without_deadlock(|| {
        let (breaker, _clock) = owned(FRAGILE);
        breaker.add_listener(Resets);
        fail(&breaker);
        assert_eq!((breaker.state(), breaker.snapshot().listener_panics), (State::Closed, 0));
    });
}

/// Half-open has no time limit: as many permits as `MaxRequests` that are lost, and no other call comes through.
#[test]
fn half_open_ends_though_every_probe_of_several_is_lost() {
    let (breaker, clock) = probeable(FRAGILE.probes(3).success_threshold(3));
    let_in(&breaker, 10).into_iter().for_each(mem::forget);
    rejected(&breaker);
    clock.advance(TTL);
    (0..3).for_each(|_| succeed(&breaker));
    assert_eq!(breaker.state(), State::Closed);
}
