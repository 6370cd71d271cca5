//! Failsafe (`ed3f927`), Java.

use std::mem;

use circuit_runtime::{Permit, State};

use crate::support::{
    FRAGILE, TTL, fail, late_and_probe, let_in, owned, probeable, rejected, succeed,
};

/// A success of a call begun before the trip closes.
#[test]
fn a_late_success_closes_nothing() {
    let (breaker, clock) = owned(FRAGILE);
    let (late, probe) = late_and_probe(&breaker, &clock);
    late.success();
    assert_eq!((breaker.state(), breaker.snapshot().probes_in_flight), (State::HalfOpen, 1));
    drop(probe);
}

/// A half-open permit comes back with each record, whoever records it.
#[test]
fn late_records_give_no_place_back() {
    let (breaker, clock) = owned(FRAGILE.probes(2).success_threshold(9));
    let late = let_in(&breaker, 20);
    fail(&breaker);
    clock.advance(TTL);
    let probes = let_in(&breaker, 2);
    late.into_iter().for_each(Permit::success);
    rejected(&breaker);
    drop(probes);
}

/// The same here: `probes` is how many are out at a time. How many there are in all, `success_threshold` says.
#[test]
fn probes_one_after_the_other_are_as_many_as_it_takes_to_close_and_no_more() {
    let (breaker, _clock) = probeable(FRAGILE.success_threshold(5));
    let mut probes = 0;
    while breaker.state() == State::HalfOpen {
        succeed(&breaker);
        probes += 1;
    }
    assert_eq!(probes, 5);
}

/// Issues 32, 378, 391: permits stay taken, and half-open with them.
#[test]
fn permits_that_are_dropped_or_lost_do_not_stay_taken() {
    let (breaker, clock) = probeable(FRAGILE.probes(2));
    for _ in 0..10 {
        drop(let_in(&breaker, 2));
    }
    let_in(&breaker, 2).into_iter().for_each(mem::forget);
    rejected(&breaker);
    clock.advance(TTL);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}
