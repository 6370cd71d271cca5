//! purgatory 3.0.1, and requests-circuit-breaker (`21f4a4f`), Python.

use std::future::pending;
use std::sync::{Arc, Mutex};

use circuit_runtime::{
    CircuitBreaker, Failure, Listener, Permit, Problem, Settings, State, StateChange, breaker,
    circuit_breaker, registry,
};

use crate::support::{
    Answer, FRAGILE, Fault, TTL, cancel, fail, let_in, ms, owned, permit, poll, probeable,
    rejected, succeed,
};

/// Half-open lets everybody in: 50 of 50.
#[test]
fn of_fifty_callers_one_is_let_in_while_half_open() {
    let (breaker, _clock) = probeable(FRAGILE);
    assert_eq!(let_in(&breaker, 50).len(), 1);
}

#[circuit_breaker(name = "faults/purgatory/cancelled", threshold = 1)]
async fn hanging() -> Answer {
    pending().await
}

/// `CancelledError` is a failure: with a threshold of one, a cancelled task opens.
#[test]
fn a_cancelled_call_opens_nothing() {
    cancel(hanging());
    assert_eq!(breaker!("faults/purgatory/cancelled").state(), State::Closed);
}

#[circuit_breaker(name = "faults/purgatory/excluded", threshold = 1, ttl = 60, ignore = [Fault::Invalid])]
fn ignored() -> Answer {
    Err(Fault::Invalid)
}

/// An excluded error of a probe closes. `exclude` is the same here; `ignore` leaves it half-open.
#[test]
fn an_ignored_error_of_a_probe_does_not_close() {
    let breaker = breaker!("faults/purgatory/excluded");
    breaker.half_open();
    ignored().unwrap_err();
    assert_eq!((breaker.state(), breaker.snapshot().probes_in_flight), (State::HalfOpen, 0));
}

/// The outcome of a call begun while closed decides, if it comes while half-open.
#[test]
fn an_outcome_of_the_closed_era_decides_nothing_in_half_open() {
    let ends: [fn(Permit<'_>); 3] =
        [|late| late.success(), |late| late.excluded(), |late| late.failure(&"late")];
    for end in ends {
        let (breaker, clock) = owned(FRAGILE);
        let late = permit(&breaker);
        fail(&breaker);
        clock.advance(TTL);
        let probe = permit(&breaker);
        end(late);
        assert_eq!(breaker.state(), State::HalfOpen);
        drop(probe);
    }
}

/// `threshold=0` and `ttl=0` are silently the defaults.
#[test]
fn a_threshold_or_a_ttl_of_zero_is_an_error_and_not_the_default() {
    let zero = [Settings::new().threshold(0), Settings::new().ttl(ms(0))];
    for settings in zero {
        let error = CircuitBreaker::new("zero", settings).unwrap_err();
        assert!(["threshold", "ttl"].contains(&error.key()));
    }
}

/// The first registration of a name holds, and a later one with other settings is silently none.
#[test]
fn a_second_registration_with_other_settings_is_reported() {
    let name = "faults/purgatory/twice";
    registry().get_or_register(name, Settings::new().threshold(3));
    let again = registry().get_or_register(name, Settings::new().threshold(4));
    assert_eq!(again.settings().get_threshold(), 3);
    let error = registry().verify().expect_err("they differ");
    let reported = error.problems().iter().any(
        |problem| matches!(problem, Problem::Differs { name: of, key: "threshold", .. } if of == name),
    );
    assert!(reported, "{error}");
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Listener for Log {
    fn failure(&self, _: &CircuitBreaker, failure: &Failure<'_>) {
        self.0.lock().unwrap().push(format!("failed: {failure}"));
    }
    fn state_change(&self, _: &CircuitBreaker, change: &StateChange) {
        self.0.lock().unwrap().push(format!("{} to {}", change.from, change.to));
    }
}

/// A probe that fails is no `failed` event, and its `half-opened` event comes when it is over.
#[test]
fn a_failed_probe_is_told_as_a_failure_and_half_open_before_it_begins() {
    let (breaker, _clock) = probeable(FRAGILE);
    let log = Log::default();
    breaker.add_listener(log.clone());
    let probe = permit(&breaker);
    assert_eq!(*log.0.lock().unwrap(), ["open to half-open"]);
    probe.failure(&"down");
    let told = log.0.lock().unwrap();
    assert_eq!(*told, ["open to half-open", "failed: down", "half-open to open"]);
}

struct Raises;

impl Listener for Raises {
    fn failure(&self, _: &CircuitBreaker, _: &Failure<'_>) {
        panic!("hook")
    }
}

/// What a hook raises replaces the caller's own error.
#[test]
fn a_listener_that_panics_leaves_the_caller_its_error() {
    let (breaker, _clock) = owned(Settings::new());
    breaker.add_listener(Raises);
    let error = breaker.call(|| Err::<(), _>(Fault::Down)).unwrap_err();
    assert!(matches!(error, circuit_runtime::CallError::Inner(Fault::Down)));
    assert_eq!(breaker.failure_count(), 1);
}

#[circuit_breaker(name = "faults/purgatory/lists", exclude = [Fault::Invalid])]
fn excludes() -> Answer {
    Err(Fault::Invalid)
}

#[circuit_breaker(name = "faults/purgatory/lists")]
fn excludes_nothing() -> Answer {
    Err(Fault::Invalid)
}

/// The exclusions of whoever called last hold for everybody on that circuit.
#[test]
fn each_function_of_a_breaker_keeps_its_own_exclusions() {
    for _ in 0..3 {
        excludes_nothing().unwrap_err();
        excludes().unwrap_err();
    }
    let calls = breaker!("faults/purgatory/lists").snapshot().calls;
    assert_eq!((calls.failure, calls.excluded), (3, 3));
}

#[circuit_breaker(name = "faults/purgatory/sync")]
fn synchronous() -> Answer {
    Ok(1)
}

#[circuit_breaker(name = "faults/purgatory/sync")]
async fn asynchronous() -> Answer {
    Ok(1)
}

/// A plain function behind the asynchronous decorator fails with a `TypeError`, which counts as a failure.
#[test]
fn plain_and_async_functions_share_one_breaker() {
    synchronous().unwrap();
    assert_eq!(poll(std::pin::pin!(asynchronous())).map(Result::unwrap), std::task::Poll::Ready(1));
    let calls = breaker!("faults/purgatory/sync").snapshot().calls;
    assert_eq!((calls.success, calls.failure), (2, 0));
}

/// requests-circuit-breaker: `100 / total * errors` is 99.99.. for 97, 161, 167 and 193 calls, so that with a limit
/// of 100 %, failures alone do not trip.
#[test]
fn a_share_of_all_calls_trips_when_all_calls_failed_whatever_their_number() {
    for calls in 1..=200 {
        let all = Settings::new().window(TTL).threshold(calls).failure_rate(1.0);
        let (breaker, _clock) = owned(all);
        (1..calls).for_each(|_| fail(&breaker));
        assert_eq!(breaker.state(), State::Closed, "{calls}");
        fail(&breaker);
        assert_eq!(breaker.state(), State::Open, "{calls}");
    }
}

/// requests-circuit-breaker: a late success of a call begun before clears the trip.
#[test]
fn a_late_success_does_not_take_a_trip_back() {
    let (breaker, _clock) = owned(FRAGILE);
    let late = permit(&breaker);
    fail(&breaker);
    late.success();
    assert_eq!(rejected(&breaker).retry_after(), Some(TTL));
}

/// requests-circuit-breaker: there is no half-open; when the time is over, everybody is let in.
#[test]
fn when_the_time_is_over_one_call_is_let_in_first() {
    let (breaker, _clock) = probeable(FRAGILE);
    assert_eq!(let_in(&breaker, 8).len(), 1);
    succeed(&breaker);
    assert_eq!(let_in(&breaker, 8).len(), 8);
}

/// requests-circuit-breaker: an exception of the transport is not recorded, so a dead host never trips.
#[test]
fn whatever_error_a_call_returns_is_a_failure_unless_it_is_said_not_to_be() {
    let (breaker, _clock) = owned(Settings::new().threshold(2));
    breaker.call(|| Err::<(), _>(std::io::Error::other("refused"))).unwrap_err();
    breaker.call(|| "x".parse::<u32>()).unwrap_err();
    assert_eq!(breaker.state(), State::Open);
}
