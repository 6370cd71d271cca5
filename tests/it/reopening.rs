//! 2. Open to half-open: the first call at or after `opened_at + ttl`.

use circuit_runtime::{Settings, State, breaker, circuit_breaker};

use crate::support::{Answer, TTL, clock_of, down, fail, ms, owned, permit, rejected};

#[circuit_breaker(name = "reopening/sync", threshold = 1, ttl = "1m 30s")]
fn fetch(answer: Answer) -> Answer {
    answer
}

#[test]
fn the_first_call_at_opened_at_plus_ttl_is_let_in_and_one_a_millisecond_before_is_not() {
    let clock = clock_of(breaker!("reopening/sync"));
    clock.advance(ms(12_345));
    fetch(down(1)).unwrap_err();
    clock.advance(ms(89_999));
    fetch(Ok(1)).unwrap_err();
    clock.advance(ms(1));
    assert_eq!(fetch(Ok(1)).unwrap(), 1);
    assert_eq!(breaker!("reopening/sync").state(), State::Closed);
}

#[test]
fn a_rejection_says_how_long_is_left() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL));
    fail(&breaker);
    let first = rejected(&breaker);
    assert_eq!((first.state(), first.retry_after()), (State::Open, Some(TTL)));
    clock.advance(TTL - ms(1));
    assert_eq!(rejected(&breaker).retry_after(), Some(ms(1)));
    assert_eq!(breaker.retry_after(), Some(ms(1)));
    clock.advance(ms(1));
    assert_eq!(breaker.retry_after(), None);
}

#[test]
fn the_first_call_long_after_is_let_in_as_well() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL));
    fail(&breaker);
    clock.advance(TTL * 1_000);
    permit(&breaker).success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn no_wait_is_cut_short_by_a_part_of_a_millisecond() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(ms(10)));
    clock.advance(std::time::Duration::from_micros(700));
    fail(&breaker);
    clock.advance(std::time::Duration::from_micros(9_999));
    rejected(&breaker);
    clock.advance(ms(1));
    permit(&breaker).success();
}

#[test]
fn state_is_time_aware_and_reading_changes_nothing() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL));
    fail(&breaker);
    clock.advance(TTL - ms(1));
    assert_eq!(breaker.state(), State::Open);
    clock.advance(ms(1));
    for _ in 0..10 {
        assert_eq!(breaker.state(), State::HalfOpen);
        assert_eq!(breaker.snapshot().state, State::HalfOpen);
        assert_eq!(breaker.retry_after(), None);
    }
    let snapshot = breaker.snapshot();
    assert_eq!(snapshot.transitions.count(State::Open, State::HalfOpen), 0);
    assert_eq!(snapshot.probes_in_flight, 0);
    // The one probe is still to be had.
    let probe = permit(&breaker);
    assert_eq!(breaker.snapshot().transitions.count(State::Open, State::HalfOpen), 1);
    probe.success();
}

#[circuit_breaker(name = "reopening/fraction", threshold = 1, ttl = 0.25)]
fn quarter(answer: Answer) -> Answer {
    answer
}

#[test]
fn a_ttl_may_be_a_fraction_of_a_second() {
    let clock = clock_of(breaker!("reopening/fraction"));
    quarter(down(1)).unwrap_err();
    clock.advance(ms(249));
    quarter(Ok(1)).unwrap_err();
    clock.advance(ms(1));
    quarter(Ok(1)).unwrap();
}
