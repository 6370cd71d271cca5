//! resilience4j 2.3.0, Java.

use std::future::{Future, pending, poll_fn};
use std::mem;
use std::pin::{Pin, pin};
use std::task::Poll;

use circuit_runtime::{
    CircuitBreaker, Mode, Permit, Problem, Settings, State, breaker, circuit_breaker, registry,
};
use futures_util::stream::{self, BoxStream, StreamExt as _};

use crate::support::{
    Answer, FRAGILE, Fault, TTL, cancel, clock_of, fail, let_in, ms, now, owned, panic_of, permit,
    poll, probeable, rejected, succeed,
};

/// Two late successes of the closed era close the breaker while the real probe is in flight.
#[test]
fn late_successes_of_the_closed_era_do_not_close_beside_the_probe() {
    let (breaker, clock) = owned(FRAGILE.success_threshold(2));
    let late = let_in(&breaker, 2);
    fail(&breaker);
    clock.advance(TTL);
    let probe = permit(&breaker);
    late.into_iter().for_each(Permit::success);
    assert_eq!((breaker.state(), breaker.success_count()), (State::HalfOpen, 0));
    rejected(&breaker);
    probe.failure(&"down");
    assert_eq!(breaker.state(), State::Open);
}

/// Permitted = 1, and five late ignored errors each add a permit: six probes at the same time.
#[test]
fn late_ignored_errors_add_no_places_for_probes() {
    let (breaker, clock) = owned(FRAGILE);
    let late = let_in(&breaker, 5);
    fail(&breaker);
    clock.advance(TTL);
    let probe = permit(&breaker);
    late.into_iter().for_each(Permit::ignore);
    assert_eq!(let_in(&breaker, 50).len(), 0);
    drop(probe);
    assert_eq!(let_in(&breaker, 50).len(), 1);
}

#[circuit_breaker(name = "faults/resilience4j/overflow", threshold = 1, ttl = 60)]
fn overflows(down: bool) -> Answer {
    assert!(!down, "stack overflow");
    Ok(1)
}

/// Only `Exception` is caught, so a probe that throws an `Error` never returns its permit.
#[test]
fn a_probe_that_panics_gives_its_place_back() {
    let breaker = breaker!("faults/resilience4j/overflow");
    let clock = clock_of(breaker);
    for _ in 0..3 {
        breaker.open();
        clock.advance(TTL);
        assert_eq!(panic_of(|| overflows(true)), "stack overflow");
        assert_eq!((breaker.state(), breaker.snapshot().probes_in_flight), (State::Open, 0));
    }
    clock.advance(TTL);
    overflows(false).unwrap();
    assert_eq!(breaker.state(), State::Closed);
}

fn opens(_: &u32) -> bool {
    breaker!("faults/resilience4j/by_result").open();
    false
}

#[circuit_breaker(name = "faults/resilience4j/by_result", ttl = 60, failure_if = opens)]
fn opened_by_its_result() -> Answer {
    Ok(1)
}

/// A result that asks for open (`transitionToOpen`) throws half-way: the state reads closed, and every call is
/// rejected for ever.
#[test]
fn a_breaker_opened_from_inside_a_call_reads_open_and_comes_back() {
    let breaker = breaker!("faults/resilience4j/by_result");
    let clock = clock_of(breaker);
    opened_by_its_result().unwrap();
    assert_eq!((breaker.state(), rejected(breaker).state()), (State::Open, State::Open));
    clock.advance(TTL);
    succeed(breaker);
    assert_eq!(breaker.state(), State::Closed);
    succeed(breaker);
}

#[circuit_breaker(name = "faults/resilience4j/future", threshold = 2, ttl = 60)]
async fn hanging() -> Answer {
    pending().await
}

/// A decorated `Future` on which nobody calls `get()` keeps its half-open permit.
#[test]
fn a_future_that_nobody_asks_for_its_result_holds_no_place() {
    let breaker = breaker!("faults/resilience4j/future");
    let clock = clock_of(breaker);
    breaker.open();
    clock.advance(TTL);
    let never_polled = [hanging(), hanging(), hanging()];
    let mut dropped = Box::pin(hanging());
    assert!(poll(dropped.as_mut()).is_pending());
    rejected(breaker);
    drop(dropped);
    succeed(breaker);
    assert_eq!(breaker.state(), State::Closed);
    drop(never_polled);
}

/// Two cancelled `CompletableFuture`s open the breaker.
#[test]
fn cancelled_calls_do_not_open() {
    let (breaker, _clock) = owned(FRAGILE);
    for _ in 0..2 {
        cancel(breaker.call_async(pending::<Answer>()));
    }
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 0));
    assert_eq!(breaker.snapshot().calls.cancelled, 2);
}

#[circuit_breaker(name = "faults/resilience4j/cancelled", threshold = 2)]
async fn cancelled_async() -> Answer {
    pending().await
}

#[circuit_breaker(name = "faults/resilience4j/cancelled")]
fn cancelled_future() -> impl Future<Output = Answer> {
    pending()
}

#[circuit_breaker(name = "faults/resilience4j/cancelled")]
fn cancelled_boxed() -> Pin<Box<dyn Future<Output = Answer>>> {
    Box::pin(pending())
}

#[circuit_breaker(name = "faults/resilience4j/cancelled")]
fn cancelled_stream() -> BoxStream<'static, Answer> {
    stream::pending().boxed()
}

#[circuit_breaker(name = "faults/resilience4j/cancelled")]
fn cancelled_iterator() -> impl Iterator<Item = Answer> {
    std::iter::repeat_with(|| Ok(1))
}

/// A cancelled `CompletionStage` is an error, a cancelled coroutine or `Mono` gives its permit back.
#[test]
fn a_cancelled_call_counts_the_same_in_every_shape() {
    let breaker = breaker!("faults/resilience4j/cancelled");
    cancel(cancelled_async());
    cancel(cancelled_future());
    cancel(cancelled_boxed());
    cancel(cancelled_stream().into_future());
    drop(cancelled_iterator());
    cancel(breaker.call_async(pending::<Answer>()));
    drop(permit(breaker));
    let calls = breaker.snapshot().calls;
    assert_eq!((calls.cancelled, calls.made(), breaker.failure_count()), (7, 7, 0));
}

/// The LOCK_FREE time window ignores the configured clock; a minute later the old failure is still in it.
#[test]
fn the_window_reads_the_same_clock_as_the_breaker() {
    let (breaker, clock) = owned(Settings::new().threshold(2).window(TTL));
    fail(&breaker);
    clock.advance(TTL);
    assert_eq!(breaker.failure_count(), 0);
    fail(&breaker);
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 1));
}

/// METRICS_ONLY has no way to OPEN or HALF_OPEN; asking for it throws.
#[test]
fn every_change_by_hand_is_allowed_from_every_state_and_in_every_mode() {
    let go = |breaker: &CircuitBreaker, to| match to {
        State::Open => breaker.open(),
        State::HalfOpen => breaker.half_open(),
        State::Closed => breaker.close(),
    };
    let states = [State::Closed, State::Open, State::HalfOpen];
    for mode in [Mode::Normal, Mode::Shadow, Mode::Disabled, Mode::ForcedOpen] {
        for (from, to) in states.into_iter().flat_map(|from| states.map(|to| (from, to))) {
            let (breaker, _clock) = owned(Settings::new());
            breaker.set_mode(mode);
            go(&breaker, from);
            go(&breaker, to);
            breaker.set_mode(Mode::Normal);
            assert_eq!(breaker.state(), to, "{mode:?}, from {from}");
        }
    }
}

/// With the default settings, two probes that hang keep the breaker half-open for ever.
#[test]
fn with_default_settings_probes_that_hang_do_not_keep_it_half_open() {
    let (breaker, clock) = owned(Settings::new());
    (0..Settings::DEFAULT_THRESHOLD).for_each(|_| fail(&breaker));
    for _ in 0..2 {
        clock.advance(Settings::DEFAULT_TTL);
        mem::forget(permit(&breaker));
        rejected(&breaker);
    }
    clock.advance(Settings::DEFAULT_TTL);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}

/// `getState()` goes on answering OPEN after the wait, until somebody calls.
#[test]
fn the_state_reads_half_open_as_soon_as_the_wait_is_over() {
    let (breaker, clock) = owned(FRAGILE);
    fail(&breaker);
    clock.advance(TTL - ms(1));
    assert_eq!(breaker.state(), State::Open);
    clock.advance(ms(1));
    assert_eq!((breaker.state(), breaker.snapshot().state), (State::HalfOpen, State::HalfOpen));
}

/// Issue 164: the gauge of the state misses an open time that is shorter than the time between two scrapes.
#[test]
fn an_open_time_between_two_looks_at_the_state_is_not_missed() {
    let (breaker, clock) = owned(FRAGILE);
    let before = breaker.snapshot();
    fail(&breaker);
    clock.advance(TTL);
    succeed(&breaker);
    let after = breaker.snapshot();
    assert_eq!((before.state, after.state), (State::Closed, State::Closed));
    assert_eq!(after.transitions.count(State::Closed, State::Open), 1);
    assert_eq!(after.time_in_state[1], (State::Open, TTL));
}

/// The rejection tells the name and the state; what failed is gone.
#[test]
fn a_rejection_says_why_the_breaker_opened() {
    let (breaker, _clock) = owned(Settings::new().threshold(2));
    permit(&breaker).failure(&"connection refused");
    permit(&breaker).failure(&"timed out");
    let trip = rejected(&breaker).trip().unwrap();
    assert_eq!((trip.measured, trip.limit), (2, 2));
    assert_eq!(trip.last_failures, ["connection refused", "timed out"]);
}

fn rude(_: &Fault) -> bool {
    panic!("predicate")
}

#[circuit_breaker(name = "faults/resilience4j/predicate", ttl = 60, ignore = [|e: &Fault| rude(e)])]
fn judged(down: bool) -> Answer {
    if down { Err(Fault::Down) } else { Ok(1) }
}

/// Issue 2324: a predicate that throws keeps the probe's permit.
#[test]
fn a_predicate_that_panics_gives_the_place_of_its_probe_back() {
    let breaker = breaker!("faults/resilience4j/predicate");
    let clock = clock_of(breaker);
    breaker.open();
    clock.advance(TTL);
    assert_eq!(panic_of(|| judged(true)), "predicate");
    assert_eq!((breaker.state(), breaker.snapshot().probes_in_flight), (State::Open, 0));
    clock.advance(TTL);
    judged(false).unwrap();
    assert_eq!(breaker.state(), State::Closed);
}

/// Issue 544: an ignored error of a probe kept its permit, and the breaker stayed half-open.
#[test]
fn an_ignored_error_of_a_probe_gives_its_place_back() {
    let (breaker, _clock) = probeable(FRAGILE);
    for _ in 0..100 {
        permit(&breaker).ignore();
        assert_eq!(breaker.state(), State::HalfOpen);
    }
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}

/// Issues 299, 975, 1960: settings of a breaker that exists cannot be changed.
#[test]
fn settings_change_while_it_runs_and_the_state_stays() {
    let (breaker, clock) = owned(Settings::new().threshold(2).ttl(TTL));
    fail(&breaker);
    breaker.set_threshold(3).unwrap();
    fail(&breaker);
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker);
    breaker.set_ttl(TTL * 2).unwrap();
    clock.advance(TTL);
    assert_eq!((breaker.state(), breaker.retry_after()), (State::Open, Some(TTL)));
}

#[allow(dead_code, reason = "it is known before it is called")]
#[circuit_breaker(name = "faults/resilience4j/never_called", threshold = 7)]
fn never_called() -> Answer {
    Ok(1)
}

/// The registry fills as calls come: before traffic, `/circuitbreakers` is empty.
#[test]
fn a_breaker_is_listed_before_its_first_call() {
    let name = "faults/resilience4j/never_called";
    let listed = registry().iter().find(|breaker| breaker.name() == name).expect("listed");
    assert_eq!(listed.settings().get_threshold(), 7);
}

/// The actuator's `POST` creates a breaker when it does not know the name.
#[test]
fn asking_for_an_unknown_name_makes_no_breaker() {
    let name = "faults/resilience4j/nowhere";
    assert!(registry().get(name).is_none());
    assert!(registry().get(name).is_none());
    assert!(registry().iter().all(|breaker| breaker.name() != name));
}

/// Issue 1106 and others: a name that is not configured shows when the call is made.
#[test]
fn a_reference_to_a_name_that_nothing_declares_is_found_without_running_it() {
    #[allow(dead_code, reason = "that it never runs is the point")]
    fn never_run() -> State {
        breaker!("faults/resilience4j/never_cold").state()
    }
    let error = registry().verify().expect_err("one name is wrong on purpose");
    let undeclared = error.problems().iter().find_map(|problem| match problem {
        Problem::Undeclared { name, nearest, .. } => Some((*name, *nearest)),
        _ => None,
    });
    let nearest = Some("faults/resilience4j/never_called");
    assert_eq!(undeclared, Some(("faults/resilience4j/never_cold", nearest)));
}

struct Service;

impl Service {
    fn entry(&self) -> Answer {
        self.guarded()
    }

    #[circuit_breaker(name = "faults/resilience4j/private", threshold = 2)]
    fn guarded(&self) -> Answer {
        let Self = self;
        Err(Fault::Down)
    }
}

/// The annotation works through a proxy: private methods and calls on `this` are not guarded, and nothing says so.
#[test]
fn a_private_method_that_its_own_type_calls_is_guarded() {
    (0..2).for_each(|_| drop(Service.entry()));
    assert!(matches!(Service.entry(), Err(Fault::Refused(_))));
}

/// Issues 1109, 1330: rates are -1 or NaN until enough calls were made.
#[test]
fn an_empty_window_reads_as_no_calls_and_no_failures() {
    let rate = Settings::new().window(TTL).failure_rate(0.5).minimum_calls(100);
    let (breaker, _clock) = owned(rate);
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.failures, snapshot.window_calls), (0, Some(0)));
    fail(&breaker);
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.failures, snapshot.window_calls), (1, Some(1)));
}

/// Issue 1090, found with TLA+: more calls than permitted are let in while half-open.
#[test]
fn no_sequence_of_ends_lets_more_probes_in_than_there_are_places() {
    let ends: [fn(Permit<'_>); 4] = [
        |probe| probe.success(),
        |probe| probe.excluded(),
        |probe| probe.ignore(),
        |probe| drop(probe),
    ];
    for (first, second) in ends.iter().flat_map(|one| ends.iter().map(move |two| (one, two))) {
        let (breaker, _clock) = probeable(FRAGILE.probes(2).success_threshold(5));
        let [one, two] = [permit(&breaker), permit(&breaker)];
        first(one);
        let three = permit(&breaker);
        second(two);
        let four = permit(&breaker);
        assert_eq!(let_in(&breaker, 50).len(), 0);
        drop((three, four));
    }
}

/// Ends at its third poll.
fn third_time() -> impl Future<Output = Answer> {
    let mut polls = 0;
    poll_fn(move |_| {
        polls += 1;
        if polls < 3 { Poll::Pending } else { Poll::Ready(Ok(1)) }
    })
}

/// `Future` reports only inside `get()`, on whatever thread and at whatever time that is.
#[test]
fn a_future_reports_when_it_ends() {
    let (breaker, _clock) = owned(FRAGILE);
    let mut call = pin!(breaker.call_async(third_time()));
    while poll(call.as_mut()).is_pending() {
        assert_eq!(breaker.snapshot().calls.made(), 0);
    }
    assert_eq!(breaker.snapshot().calls.success, 1);
    now(breaker.call_async(async { Err::<u32, _>(Fault::Down) })).unwrap_err();
    assert_eq!(breaker.state(), State::Open);
}
