//! A dependency that says for how long it will be away is believed: the breaker opens at once, for that time.

use std::time::Duration;

use circuit_runtime::test_util::record;
use circuit_runtime::{CircuitBreaker, Mode, Permit, Rule, Settings, State, Trip, bypass};

use crate::support::{
    FAILURE, TTL, calls, clock_of, fail, ms, owned, permit, probeable, rejected, succeed,
};

fn away(breaker: &CircuitBreaker, wait: Duration) {
    permit(breaker).unavailable(&"503 Service Unavailable", wait);
}

fn trip_of(breaker: &CircuitBreaker) -> Trip {
    Trip::clone(&breaker.last_trip().expect("it has opened"))
}

/// Of a breaker that has just opened.
fn open_for(breaker: &CircuitBreaker) -> Duration {
    assert_eq!(breaker.state(), State::Open);
    let open_for = trip_of(breaker).open_for;
    assert_eq!(breaker.retry_after(), Some(open_for));
    assert_eq!(rejected(breaker).retry_after(), Some(open_for));
    open_for
}

#[test]
fn one_failure_that_says_for_how_long_opens_at_once_whatever_the_threshold_or_window() {
    let many = Settings::new().threshold(1_000).ttl(TTL);
    let window = many.window(TTL);
    let rated = window.failure_rate(1.0).minimum_calls(1_000);
    for settings in [many, window, rated, rated.slow_call(TTL)] {
        let (breaker, _) = owned(settings);
        succeed(&breaker);
        fail(&breaker);
        away(&breaker, TTL);
        assert_eq!(open_for(&breaker), TTL);
        assert_eq!(breaker.snapshot().calls.failure, 2);
        assert_eq!(breaker.failure_count(), 0, "of an era that is over");
    }
}

#[test]
fn it_is_open_for_the_time_asked_be_that_shorter_or_longer_than_the_ttl() {
    let times = [ms(1), ms(59_999), TTL, ms(60_001), TTL * 7, Duration::from_secs(3_600)];
    for wait in times {
        let (breaker, clock) = owned(Settings::new().ttl(TTL));
        clock.advance(ms(12_345));
        away(&breaker, wait);
        assert_eq!(open_for(&breaker), wait);
        clock.advance(wait - ms(1));
        assert_eq!(rejected(&breaker).retry_after(), Some(ms(1)));
        clock.advance(ms(1));
        assert_eq!((breaker.state(), breaker.retry_after()), (State::HalfOpen, None));
        succeed(&breaker);
        assert_eq!(breaker.state(), State::Closed);
    }
}

#[test]
fn after_it_everything_is_as_ever() {
    let (breaker, clock) = owned(Settings::new().threshold(2).ttl(TTL));
    away(&breaker, TTL * 5);
    clock.advance(TTL * 5);
    fail(&breaker);
    assert_eq!((trip_of(&breaker).rule, open_for(&breaker)), (Rule::ProbeFailed, TTL));
    clock.advance(TTL);
    succeed(&breaker);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker);
    assert_eq!(open_for(&breaker), TTL);
}

#[test]
fn a_probe_that_is_told_so_opens_again_for_that_time_and_is_one_more_failed_round() {
    let (breaker, clock) = probeable(Settings::new().max_ttl(TTL * 100));
    away(&breaker, TTL * 7);
    let trip = trip_of(&breaker);
    assert_eq!((trip.rule, trip.from), (Rule::RetryAfter, State::HalfOpen));
    assert_eq!(open_for(&breaker), TTL * 7);
    clock.advance(TTL * 7);
    away(&breaker, ms(10));
    assert_eq!(open_for(&breaker), ms(10));
    clock.advance(ms(10));
    fail(&breaker);
    assert_eq!(open_for(&breaker), TTL * 8, "the third failed round");
}

#[test]
fn one_that_comes_late_decides_nothing() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL));
    let late: Vec<Permit<'_>> = (0..4).map(|_| permit(&breaker)).collect();
    let [while_open, while_half_open, while_probed, while_closed] = late.try_into().unwrap();
    fail(&breaker);
    while_open.unavailable(&"late", TTL * 9);
    assert_eq!(open_for(&breaker), TTL);
    clock.advance(TTL);
    while_half_open.unavailable(&"late", TTL * 9);
    let probe = permit(&breaker);
    while_probed.unavailable(&"late", TTL * 9);
    probe.success();
    while_closed.unavailable(&"late", TTL * 9);
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(trip_of(&breaker).rule, Rule::ConsecutiveFailures);
    assert_eq!(calls(&breaker), [1, 5, 0, 0, 0, 1], "counted all the same");
}

#[test]
fn it_is_believed_for_an_hour_at_most() {
    let hour = Duration::from_secs(3_600);
    assert_eq!(Permit::LONGEST_WAIT, hour);
    // Whatever the ttl: of a time open that is longer itself, too.
    for ttl in [ms(1), TTL, hour * 24 * 30] {
        for wait in [hour + ms(1), hour * 24, Duration::MAX] {
            let (breaker, clock) = owned(Settings::new().ttl(ttl));
            away(&breaker, wait);
            assert_eq!(open_for(&breaker), hour);
            clock.advance(hour);
            succeed(&breaker);
            assert_eq!(breaker.state(), State::Closed);
        }
    }
}

#[test]
fn no_time_at_all_makes_it_an_ordinary_failure_and_parts_of_a_millisecond_a_whole_one() {
    let (breaker, _) = owned(Settings::new().threshold(2).ttl(TTL));
    away(&breaker, Duration::ZERO);
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 1));
    away(&breaker, Duration::from_nanos(1));
    assert_eq!(open_for(&breaker), ms(1));
    let (breaker, _) = owned(Settings::new());
    away(&breaker, Duration::from_micros(1_001));
    assert_eq!(open_for(&breaker), ms(2));
}

#[test]
fn no_wait_is_cut_short_by_a_part_of_a_millisecond() {
    let (breaker, clock) = owned(Settings::new().ttl(TTL));
    clock.advance(Duration::from_micros(700));
    away(&breaker, ms(10));
    clock.advance(Duration::from_micros(9_999));
    rejected(&breaker);
    clock.advance(ms(1));
    succeed(&breaker);
}

#[test]
fn the_jitter_comes_on_top() {
    let share = Settings::new().ttl(TTL).jitter(0.5);
    for n in 0..100 {
        let breaker = CircuitBreaker::new(format!("jitter {n}"), share).unwrap();
        let clock = clock_of(&breaker);
        away(&breaker, TTL * 10);
        let open_for = open_for(&breaker);
        assert!((TTL * 10..=TTL * 10 + TTL / 2).contains(&open_for), "{open_for:?}");
        clock.advance(open_for - ms(1));
        rejected(&breaker);
        clock.advance(ms(1));
        succeed(&breaker);
    }
}

#[test]
fn the_trip_says_so() {
    let (breaker, _) = owned(Settings::new().threshold(9).ttl(TTL));
    permit(&breaker).failure(&"timed out");
    let recorded = record(&breaker);
    away(&breaker, TTL / 2);
    let trip = trip_of(&breaker);
    assert_eq!((trip.rule, trip.rule.as_str()), (Rule::RetryAfter, "retry_after"));
    assert_eq!((trip.measured, trip.limit, trip.from), (1, 1, State::Closed));
    assert_eq!((trip.window, trip.calls, trip.open_for), (None, None, TTL / 2));
    assert_eq!(trip.last_failures, ["503 Service Unavailable"]);
    let said = "asked to retry later (open for 30s), last: 503 Service Unavailable";
    assert_eq!(trip.to_string(), said);
    let told: Vec<_> = recorded.take().iter().map(ToString::to_string).collect();
    let told_of = |what: &str| format!(r#"circuit breaker "owned": {what}"#);
    let failed = told_of("failure: 503 Service Unavailable");
    assert_eq!(told[1..], [failed, told_of(&format!("closed to open: {said}"))]);
}

#[test]
fn a_ttl_that_is_changed_meanwhile_moves_the_end_by_as_much() {
    let (breaker, clock) = owned(Settings::new().ttl(TTL));
    away(&breaker, TTL * 10);
    clock.advance(TTL);
    breaker.set_ttl(TTL / 2).unwrap();
    assert_eq!(breaker.retry_after(), Some(TTL * 9 - TTL / 2));
    breaker.set_ttl(TTL * 2).unwrap();
    assert_eq!(breaker.retry_after(), Some(TTL * 10));
    breaker.set_ttl(TTL).unwrap();
    assert_eq!(rejected(&breaker).retry_after(), Some(TTL * 9));
}

#[test]
fn in_every_mode_it_is_as_any_other_failure() {
    let (breaker, _) = owned(Settings::new().ttl(TTL));
    let before = permit(&breaker);
    breaker.set_mode(Mode::Disabled);
    away(&breaker, TTL);
    assert_eq!(calls(&breaker), [0; 6]);
    breaker.set_mode(Mode::ForcedOpen);
    before.unavailable(&"busy", TTL * 2);
    assert_eq!((calls(&breaker), breaker.retry_after()), ([0, 1, 0, 0, 0, 0], None));
    breaker.set_mode(Mode::Normal);
    assert_eq!(breaker.retry_after(), Some(TTL * 2));

    let (breaker, _) = owned(Settings::new().ttl(TTL));
    breaker.set_mode(Mode::Shadow);
    away(&breaker, TTL * 2);
    assert_eq!((breaker.state(), trip_of(&breaker).rule), (State::Open, Rule::RetryAfter));
    away(&breaker, TTL * 9); // made all the same, and no evidence
    assert_eq!((trip_of(&breaker).open_for, breaker.snapshot().calls.failure), (TTL * 2, 2));
}

#[test]
fn a_bypassed_one_counts_for_nothing() {
    let (breaker, _) = owned(Settings::new().ttl(TTL));
    bypass(|| away(&breaker, TTL));
    assert_eq!((breaker.state(), calls(&breaker)), (State::Closed, [0; 6]));
}

#[test]
fn one_that_took_too_long_is_slow_as_well() {
    let (breaker, clock) = owned(Settings::new().ttl(TTL).slow_call(ms(100)));
    let slow = permit(&breaker);
    clock.advance(ms(101));
    slow.unavailable(&"busy", TTL);
    assert_eq!((calls(&breaker), breaker.snapshot().calls.slow), (FAILURE, 1));
    assert_eq!(open_for(&breaker), TTL);
}
