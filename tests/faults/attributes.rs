//! Attribute macros: allframe-core 0.1.28, arcly-http 0.9, axum-fault-tolerance, liblogger_macros, sentinel-macros
//! 0.1.0, summer-resilience (pull request 249), tokitai 0.6.1.

use std::cell::Cell;
use std::future::pending;

use circuit_runtime::{Rejected, State, breaker, circuit_breaker};

use crate::support::{Answer, Fault, TTL, cancel, clock_of, let_in, now, succeed};

#[circuit_breaker(name = "faults/attributes/alone", threshold = 2)]
async fn alone() -> Answer {
    Err(Fault::Down)
}

/// summer-resilience: a function whose breaker the application has not configured panics.
#[test]
fn a_guarded_function_brings_its_breaker_with_it() {
    (0..2).for_each(|_| drop(now(alone())));
    assert!(matches!(now(alone()), Err(Fault::Refused(_))));
}

type Aliased = std::io::Result<String>;

#[circuit_breaker(name = "faults/attributes/alias", threshold = 1)]
fn aliased() -> Aliased {
    std::fs::read_to_string("/nowhere/to/be/found")
}

/// summer-resilience, axum-fault-tolerance: `async` only, and the return type has to be spelt `Result`.
#[test]
fn a_plain_function_that_returns_an_alias_of_result_is_guarded() {
    assert_eq!(aliased().unwrap_err().kind(), std::io::ErrorKind::NotFound);
    let refused = aliased().unwrap_err();
    assert!(refused.downcast::<Rejected>().is_ok());
}

#[circuit_breaker(name = "faults/attributes/mapped", rejected = |refused: Rejected| refused.to_string())]
fn mapped() -> Result<u32, String> {
    Ok(1)
}

/// summer-resilience: the error has to convert from the rejection.
#[test]
fn an_error_that_does_not_convert_from_a_rejection_can_be_made_from_it() {
    assert_eq!(mapped().unwrap(), 1);
    breaker!("faults/attributes/mapped").open();
    assert!(mapped().unwrap_err().contains("faults/attributes/mapped"));
}

#[circuit_breaker(name = "faults/attributes/half_open", threshold = 1, ttl = 60)]
async fn probe() -> Answer {
    pending().await
}

/// summer-resilience stands on failsafe, whose half-open lets everybody in.
#[test]
fn of_guarded_calls_one_at_a_time_is_made_while_half_open() {
    let breaker = breaker!("faults/attributes/half_open");
    let clock = clock_of(breaker);
    breaker.open();
    clock.advance(TTL);
    let mut calls: Vec<_> = (0..8).map(|_| Box::pin(probe())).collect();
    let waiting = calls.iter_mut().filter_map(|call| {
        let polled = crate::support::poll(call.as_mut());
        polled.is_pending().then_some(())
    });
    assert_eq!(waiting.count(), 1);
}

#[circuit_breaker(name = "faults/attributes/lifetime", threshold = 5)]
fn mostly_up(n: u32) -> Answer {
    if n % 1_000 == 0 { Err(Fault::Down) } else { Ok(n) }
}

/// arcly-http: failures are counted for life; five among five thousand successes open.
#[test]
fn five_failures_among_five_thousand_successes_do_not_trip() {
    let failures = (0..5_000).filter(|n| mostly_up(*n).is_err()).count();
    assert_eq!((failures, breaker!("faults/attributes/lifetime").state()), (5, State::Closed));
}

#[circuit_breaker(name = "faults/attributes/cancelled", threshold = 1, ttl = 60)]
async fn hanging() -> Answer {
    pending().await
}

/// arcly-http: a cancelled probe keeps half-open for ever.
#[test]
fn a_guarded_future_that_is_cancelled_gives_its_place_back() {
    let breaker = breaker!("faults/attributes/cancelled");
    let clock = clock_of(breaker);
    breaker.open();
    clock.advance(TTL);
    (0..3).for_each(|_| cancel(hanging()));
    assert_eq!(let_in(breaker, 8).len(), 1);
}

#[circuit_breaker(name = "faults/attributes/arguments")]
async fn takes(name: String, rows: Vec<String>) -> Result<Vec<String>, Fault> {
    let mut all = rows;
    all.push(name);
    Ok(all)
}

/// arcly-http: arguments that are not `Copy` do not compile, for the body is in an `FnMut`.
#[test]
fn a_guarded_function_owns_its_arguments() {
    assert_eq!(now(takes("b".to_owned(), vec!["a".to_owned()])).unwrap(), ["a", "b"]);
}

thread_local!(static RUNS: Cell<u32> = const { Cell::new(0) });

#[circuit_breaker(name = "faults/attributes/open", threshold = 2)]
fn counts_its_runs() -> Answer {
    RUNS.set(RUNS.get() + 1);
    Err(Fault::Down)
}

/// tokitai: an open circuit runs the body all the same, 10 of 10 times with a threshold of two.
#[test]
fn the_body_of_a_rejected_call_does_not_run() {
    (0..10).for_each(|_| drop(counts_its_runs()));
    assert_eq!(RUNS.get(), 2);
}

#[circuit_breaker(name = "faults/attributes/early", threshold = 3)]
fn leaves_early(how: u32) -> Answer {
    if how == 0 {
        return Err(Fault::Down);
    }
    if how == 1 {
        Err(Fault::Down)?;
    }
    Err(Fault::Down)
}

/// tokitai, sentinel-macros, liblogger_macros: `return` and `?` leave the function past the recording.
#[test]
fn a_return_and_a_question_mark_are_outcomes_like_the_last_expression() {
    (0..3).for_each(|how| drop(leaves_early(how)));
    let breaker = breaker!("faults/attributes/early");
    assert_eq!((breaker.state(), breaker.snapshot().calls.failure), (State::Open, 3));
}

#[circuit_breaker(name = "faults/attributes/clock", threshold = 1, ttl = 60)]
fn timed() -> Answer {
    Err(Fault::Down)
}

/// tokitai: time is the system's wall clock, which can be set back.
#[test]
fn the_time_open_is_measured_by_the_breakers_own_clock() {
    let breaker = breaker!("faults/attributes/clock");
    let clock = clock_of(breaker);
    timed().unwrap_err();
    assert_eq!(breaker.retry_after(), Some(TTL), "whatever time it is");
    clock.advance(TTL);
    assert!(matches!(timed(), Err(Fault::Down)), "made");
}

#[circuit_breaker(name = "faults/attributes/error", threshold = 1)]
fn errs() -> Answer {
    Err(Fault::Invalid)
}

/// allframe-core: an error, or a rejection, is a panic.
#[test]
fn errors_and_rejections_are_returned() {
    assert!(matches!(errs(), Err(Fault::Invalid)));
    assert!(matches!(errs(), Err(Fault::Refused(_))));
}

#[circuit_breaker(name = "faults/attributes/one", threshold = 1)]
fn one() -> Answer {
    Err(Fault::Down)
}

#[circuit_breaker(name = "faults/attributes/one")]
async fn another() -> Answer {
    Ok(1)
}

#[circuit_breaker(name = "faults/attributes/two")]
fn two() -> Answer {
    Ok(1)
}

/// allframe-core: the `name` is read and not used.
#[test]
fn functions_share_a_breaker_if_and_only_if_they_name_the_same() {
    one().unwrap_err();
    match now(another()) {
        Err(Fault::Refused(refused)) => assert_eq!(refused.name(), "faults/attributes/one"),
        other => panic!("{other:?}"),
    }
    two().unwrap();
}

/// sentinel-macros, axum-fault-tolerance: the return type becomes another one.
#[test]
fn a_guarded_function_keeps_its_type() {
    let plain: fn(u32) -> Answer = mostly_up;
    assert_eq!(plain(1).unwrap(), 1);
    let mapping: fn() -> Result<u32, String> = mapped;
    assert_ne!(mapping(), Err("another".to_owned()));
}

#[circuit_breaker(
    name = "faults/attributes/rate",
    window = 60,
    threshold = 1,
    failure_rate = 0.5,
    minimum_calls = 4
)]
fn now_and_then(up: bool) -> Answer {
    if up { Ok(1) } else { Err(Fault::Down) }
}

/// sentinel-macros: the inner `Result` is not looked at, so an `ErrorRatio` sees no error.
#[test]
fn a_rate_of_a_guarded_function_is_that_of_its_errors() {
    for up in [true, true, true, false, false] {
        assert_eq!(now_and_then(up).is_ok(), up);
        assert_eq!(breaker!("faults/attributes/rate").state(), State::Closed);
    }
    now_and_then(false).unwrap_err();
    assert_eq!(breaker!("faults/attributes/rate").state(), State::Open, "three of six");
}

#[circuit_breaker(name = "faults/attributes/again", threshold = 1, ttl = 60)]
fn again(up: bool) -> Answer {
    if up { Ok(1) } else { Err(Fault::Down) }
}

/// liblogger_macros: once open, it never goes through half-open as it should.
#[test]
fn a_guarded_function_goes_through_all_three_states_and_back() {
    let breaker = breaker!("faults/attributes/again");
    let clock = clock_of(breaker);
    for _ in 0..2 {
        again(false).unwrap_err();
        assert_eq!(breaker.state(), State::Open);
        clock.advance(TTL);
    }
    again(true).unwrap();
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(breaker.snapshot().transitions.total(), 5);
    succeed(breaker);
}
