//! seatbelt 0.11.0, Rust.

use std::future::pending;

use circuit_runtime::{State, breaker, circuit_breaker};

use crate::support::{
    Answer, FRAGILE, Fault, cancel, owned, panic_of, probeable, rejected, succeed,
};

/// Fifty panics were not counted.
#[test]
fn fifty_panics_trip() {
    let (breaker, _clock) = owned(FRAGILE.threshold(50));
    for _ in 0..50 {
        assert_eq!(panic_of(|| breaker.call(|| -> Answer { panic!("boom") })), "boom");
    }
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Open, 0));
    rejected(&breaker);
}

/// After a cancelled probe, healthy calls are rejected for a while yet.
#[test]
fn the_call_after_a_cancelled_probe_is_the_next_probe() {
    let (breaker, _clock) = probeable(FRAGILE);
    cancel(breaker.call_async(pending::<Answer>()));
    succeed(&breaker);
    assert_eq!((breaker.state(), breaker.snapshot().calls.rejected), (State::Closed, 0));
}

#[circuit_breaker(name = "faults/seatbelt/unknown", threshold = 1, ttl = 60)]
fn unknown() -> Answer {
    Err(Fault::Invalid)
}

/// Issue 284: an error of which nothing is known is a success.
#[test]
fn an_error_of_which_nothing_is_said_is_a_failure() {
    unknown().unwrap_err();
    assert_eq!(breaker!("faults/seatbelt/unknown").state(), State::Open);
}
