//! recloser 1.4.0, Rust.

use circuit_runtime::{
    CircuitBreaker, Listener, Permit, Settings, State, StateChange, breaker, circuit_breaker,
};

use crate::support::{
    Answer, FRAGILE, Fault, TTL, fail, let_in, let_in_at_once, owned, panic_of, permit, probeable,
    rejected, succeed,
};

/// `half_open_len(1)`: 50 of 50 callers are let in while half-open.
#[test]
fn no_more_probes_are_out_at_a_time_than_were_asked_for() {
    let (breaker, _clock) = probeable(FRAGILE);
    assert_eq!(let_in_at_once(&breaker, 8), 1);
    let (breaker, _clock) = probeable(FRAGILE.probes(10).success_threshold(10));
    assert_eq!(let_in(&breaker, 50).len(), 10);
}

/// Late results fill the ring of half-open: a failure of a call begun before the trip opens again.
#[test]
fn late_results_are_not_among_the_probes() {
    let (breaker, clock) = owned(FRAGILE.success_threshold(3));
    let late = let_in(&breaker, 6);
    fail(&breaker);
    clock.advance(TTL);
    succeed(&breaker);
    let ends: [fn(Permit<'_>); 2] = [|late| late.success(), |late| late.failure(&"late")];
    for (late, end) in late.into_iter().zip(ends.into_iter().cycle()) {
        end(late);
        assert_eq!((breaker.state(), breaker.success_count()), (State::HalfOpen, 1));
    }
    succeed(&breaker);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}

#[circuit_breaker(name = "faults/recloser/predicate", threshold = 1, ttl = 60, ignore = [Fault::Invalid])]
fn ignored() -> Answer {
    Err(Fault::Invalid)
}

/// An error that the predicate takes out is a success, and closes. `exclude` is the same here; `ignore` is neither.
#[test]
fn ignored_errors_do_not_close() {
    let breaker = breaker!("faults/recloser/predicate");
    breaker.half_open();
    (0..20).for_each(|_| drop(ignored()));
    assert_eq!((breaker.state(), breaker.success_count()), (State::HalfOpen, 0));
}

/// A panic counts as nothing.
#[test]
fn a_panic_is_a_failure() {
    let (breaker, _clock) = owned(FRAGILE);
    assert_eq!(panic_of(|| breaker.call(|| -> Answer { panic!("boom") })), "boom");
    assert_eq!(breaker.state(), State::Open);
}

/// A ring of `len` needs `len + 1` results before it decides.
#[test]
fn the_number_of_results_that_was_asked_for_decides() {
    let (breaker, clock) = owned(FRAGILE.threshold(3).success_threshold(2));
    (0..2).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
    clock.advance(TTL);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::HalfOpen);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
    let rate = Settings::new().window(TTL).threshold(1).failure_rate(0.5).minimum_calls(10);
    let (breaker, _clock) = owned(rate);
    (0..5).for_each(|_| succeed(&breaker));
    (0..4).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Closed, "nine calls");
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open, "ten");
}

/// `closed_len(0)` panics, and at the first call, not where it is written.
#[test]
fn a_number_of_calls_of_zero_is_an_error_where_it_is_given() {
    let window = Settings::new().window(TTL);
    for (settings, key) in
        [(window.threshold(0), "threshold"), (window.minimum_calls(0), "minimum_calls")]
    {
        assert_eq!(CircuitBreaker::new("zero", settings).unwrap_err().key(), key);
    }
}

/// Issues 7, 11: the state cannot be asked for.
#[test]
fn the_state_can_be_asked_for() {
    let (breaker, clock) = owned(FRAGILE);
    let mut seen = vec![breaker.state()];
    fail(&breaker);
    seen.push(breaker.state());
    clock.advance(TTL);
    seen.push(breaker.state());
    assert_eq!(seen, [State::Closed, State::Open, State::HalfOpen]);
    assert_eq!(breaker.to_string(), "circuit breaker \"owned\" is half-open");
}

struct Named;

impl Listener for Named {
    fn state_change(&self, breaker: &CircuitBreaker, change: &StateChange) {
        assert_eq!(breaker.name(), "second");
        assert_eq!(&*change.trip.as_ref().unwrap().breaker, "second");
    }
}

/// PR 12: events without a name, so that those of several breakers are one blur.
#[test]
fn what_a_listener_is_told_says_of_which_breaker() {
    let breakers = ["first", "second"].map(|name| CircuitBreaker::new(name, FRAGILE).unwrap());
    breakers[1].add_listener(Named);
    breakers.iter().for_each(fail);
    assert_eq!(breakers[1].snapshot().listener_panics, 0);
    let names = breakers.each_ref().map(|breaker| rejected(breaker).name().to_owned());
    assert_eq!(names, ["first", "second"]);
}

#[circuit_breaker(name = "faults/recloser/value", threshold = 2, failure_if = |status| *status >= 500)]
fn status(status: u32) -> Answer {
    Ok(status)
}

/// Issue 14: an `Ok` cannot be a failure.
#[test]
fn an_ok_can_be_a_failure_and_is_still_returned() {
    assert_eq!(status(404).unwrap(), 404);
    assert_eq!([500, 503].map(|code| status(code).unwrap()), [500, 503]);
    assert!(matches!(status(200), Err(Fault::Refused(_))));
}

/// The epoch stays pinned for the whole of a guarded call, so that nothing in the process is freed until it ends.
#[test]
fn a_call_that_goes_on_holds_nothing_of_an_earlier_state_back() {
    let (breaker, clock) = owned(FRAGILE);
    let long = permit(&breaker);
    for _ in 0..100 {
        fail(&breaker);
        let trip = std::sync::Arc::downgrade(&breaker.last_trip().unwrap());
        clock.advance(TTL);
        succeed(&breaker);
        fail(&breaker);
        assert!(trip.upgrade().is_none(), "freed when the next one came");
        clock.advance(TTL);
        succeed(&breaker);
    }
    long.success();
}
