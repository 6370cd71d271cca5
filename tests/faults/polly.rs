//! Polly 8.7.0, .NET; read, not run.

use std::future::pending;
use std::mem;
use std::sync::Arc;
use std::thread;

use circuit_runtime::{
    CircuitBreaker, Listener, Permit, Settings, State, StateChange, breaker, circuit_breaker,
    registry,
};

use crate::support::{
    Answer, FRAGILE, Fault, TTL, cancel, clock_of, fail, let_in, let_in_at_once, owned, permit,
    probeable, rejected, succeed, without_deadlock,
};

/// Issue 217: an outcome of a call begun before the trip decides in half-open; to be left so.
#[test]
fn late_outcomes_of_either_kind_leave_half_open_as_it_is() {
    let (breaker, clock) = owned(FRAGILE);
    let late = let_in(&breaker, 2);
    fail(&breaker);
    clock.advance(TTL);
    let probe = permit(&breaker);
    let ends: [fn(Permit<'_>); 2] = [|late| late.success(), |late| late.failure(&"late")];
    for (late, end) in late.into_iter().zip(ends) {
        end(late);
        assert_eq!((breaker.state(), breaker.snapshot().probes_in_flight), (State::HalfOpen, 1));
    }
    probe.success();
    assert_eq!(breaker.state(), State::Closed);
}

/// Version 8 lets no further probe in while one is out, so one that hangs keeps the circuit half-open.
#[test]
fn a_probe_that_hangs_is_followed_by_another() {
    let (breaker, clock) = probeable(FRAGILE);
    mem::forget(permit(&breaker));
    rejected(&breaker);
    clock.advance(TTL);
    let probe = permit(&breaker);
    rejected(&breaker);
    probe.success();
    assert_eq!(breaker.state(), State::Closed);
}

#[circuit_breaker(name = "faults/polly/cancelled", threshold = 1, ttl = 60)]
async fn hanging() -> Answer {
    pending().await
}

/// Issue 1979: an `OperationCanceledException` of the probe closes the circuit.
#[test]
fn a_cancelled_probe_closes_nothing() {
    let breaker = breaker!("faults/polly/cancelled");
    let clock = clock_of(breaker);
    breaker.open();
    clock.advance(TTL);
    cancel(hanging());
    assert_eq!((breaker.state(), breaker.success_count()), (State::HalfOpen, 0));
    drop(permit(breaker));
}

#[circuit_breaker(name = "faults/polly/unhandled", threshold = 1, ttl = 60, ignore = [Fault::Invalid])]
fn ignoring() -> Answer {
    Err(Fault::Invalid)
}

#[circuit_breaker(name = "faults/polly/unhandled", exclude = [Fault::Invalid])]
fn excluding() -> Answer {
    Err(Fault::Invalid)
}

/// PR 1991: whatever the predicate does not handle closes the circuit. Here the caller says which it is: `ignore`
/// closes nothing; `exclude` says that the dependency answered, and that closes.
#[test]
fn a_probe_whose_error_is_ignored_closes_nothing_and_one_whose_error_is_excluded_closes() {
    let breaker = breaker!("faults/polly/unhandled");
    let clock = clock_of(breaker);
    breaker.open();
    clock.advance(TTL);
    ignoring().unwrap_err();
    assert_eq!(breaker.state(), State::HalfOpen);
    excluding().unwrap_err();
    assert_eq!(breaker.state(), State::Closed);
}

/// Waits, when the breaker opens, for a thread that asks it everything.
struct WaitsForAnother(Arc<CircuitBreaker>);

impl Listener for WaitsForAnother {
    fn state_change(&self, _: &CircuitBreaker, change: &StateChange) {
        let breaker = Arc::clone(&self.0);
        let asking = thread::spawn(move || {
            breaker.set_ttl(TTL).unwrap();
            (breaker.snapshot().state, breaker.try_acquire().is_err())
        });
        assert_eq!(asking.join().unwrap(), (change.to, true));
    }
}

/// Issue 2953: callbacks run on another task and the caller waits for them, which could wait for the caller.
#[test]
fn a_listener_may_wait_for_a_thread_that_asks_the_breaker() {
    without_deadlock(|| {
        let breaker = Arc::new(CircuitBreaker::new("waits", FRAGILE).unwrap());
        breaker.add_listener(WaitsForAnother(Arc::clone(&breaker)));
        fail(&breaker);
        assert_eq!(breaker.snapshot().listener_panics, 0);
    });
}

/// A documented trap: who reads the state first and calls only while it is not open never lets the probe happen.
#[test]
fn a_caller_that_reads_the_state_before_each_call_still_makes_the_probe() {
    let (breaker, clock) = owned(FRAGILE);
    fail(&breaker);
    clock.advance(TTL);
    if breaker.state() != State::Open {
        succeed(&breaker);
    }
    assert_eq!(breaker.state(), State::Closed);
}

/// Issues 239, 2381: one success closes, and no number of them can be asked for.
#[test]
fn as_many_successes_as_are_asked_for_close() {
    let (breaker, _clock) = probeable(FRAGILE.success_threshold(4));
    (0..3).for_each(|_| succeed(&breaker));
    assert_eq!(breaker.state(), State::HalfOpen);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}

/// Issues 216, 218, 223, of version 7: in half-open, more than one call comes through.
#[test]
fn of_callers_on_many_threads_one_makes_the_probe() {
    for _ in 0..20 {
        let (breaker, _clock) = probeable(FRAGILE);
        assert_eq!(let_in_at_once(&breaker, 8), 1);
    }
}

#[allow(dead_code, reason = "it is listed before it is called")]
#[circuit_breaker(name = "faults/polly/listed")]
fn listed() -> Answer {
    Ok(1)
}

/// Issue 1828: the pipelines of a registry cannot be listed.
#[test]
fn all_breakers_of_the_program_can_be_listed() {
    registry().get_or_register("faults/polly/made", Settings::new());
    let names: Vec<_> = registry().iter().map(CircuitBreaker::name).collect();
    for name in ["faults/polly/listed", "faults/polly/made"] {
        assert_eq!(names.iter().filter(|known| **known == name).count(), 1);
    }
}

/// A client as frameworks make it: anew for each request.
struct Client;

impl Client {
    #[circuit_breaker(name = "faults/polly/client", threshold = 3)]
    fn get(&self) -> Answer {
        let Self = self;
        Err(Fault::Down)
    }
}

/// aspnetcore 48089: a pipeline that is built for each request keeps no state, and never opens.
#[test]
fn clients_made_anew_for_each_request_share_their_breaker() {
    (0..3).for_each(|_| drop(Client.get()));
    assert!(matches!(Client.get(), Err(Fault::Refused(_))));
}
