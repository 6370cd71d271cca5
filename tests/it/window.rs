//! Failures within a time instead of in a row.

use std::time::Duration;

use circuit_runtime::{CircuitBreaker, Rule, Settings, State, breaker, circuit_breaker};

use crate::support::{Answer, TTL, clock_of, down, fail, ms, owned, permit, rejected, succeed};

const WINDOW: Duration = Duration::from_secs(120);

fn windowed(settings: Settings) -> Settings {
    settings.window(WINDOW).ttl(TTL)
}

fn times(count: u32, call: fn(&CircuitBreaker), breaker: &CircuitBreaker) {
    (0..count).for_each(|_| call(breaker));
}

#[test]
fn successes_in_between_reset_nothing() {
    let (breaker, _) = owned(windowed(Settings::new().threshold(3)));
    for failures in 1..3 {
        fail(&breaker);
        times(10, succeed, &breaker);
        assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, failures));
    }
    fail(&breaker);
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Open, 0));
}

#[test]
fn failures_leave_the_window_with_time() {
    let (breaker, clock) = owned(windowed(Settings::new().threshold(3)));
    times(2, fail, &breaker);
    clock.advance(WINDOW * 99 / 100);
    assert_eq!(breaker.failure_count(), 2, "for 99 % of the window at least");
    clock.advance(WINDOW / 100);
    assert_eq!(breaker.failure_count(), 0, "and never for longer");
    times(2, fail, &breaker);
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn failures_that_lie_apart_by_the_window_never_trip() {
    let (breaker, clock) = owned(windowed(Settings::new().threshold(2)));
    for _ in 0..1_000 {
        fail(&breaker);
        clock.advance(WINDOW);
    }
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn at_least_5_errors_that_are_at_least_10_percent_of_the_calls_within_120_s_then_nothing_for_300_s()
{
    let settings = Settings::new().threshold(5).failure_rate(0.1).ttl(ms(300_000)).window(WINDOW);
    let (breaker, clock) = owned(settings);
    times(50, succeed, &breaker);
    times(5, fail, &breaker);
    assert_eq!(breaker.state(), State::Closed, "5 of 55 are less than 10 %");
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open, "6 of 56 are more");
    assert_eq!(rejected(&breaker).retry_after(), Some(ms(300_000)));
    clock.advance(ms(300_000));
    succeed(&breaker);

    times(4, fail, &breaker);
    assert_eq!(breaker.state(), State::Closed, "4 of 5 are less than 5 failures");
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_rate_is_reached_exactly() {
    for (rate, failures, successes) in
        [(1.0, 97, 0), (0.5, 40, 40), (1.0 / 3.0, 7, 14), (0.29, 29, 71)]
    {
        let settings = Settings::new().threshold(1).failure_rate(rate);
        let (breaker, _) = owned(windowed(settings.minimum_calls(failures + successes)));
        times(successes, succeed, &breaker);
        times(failures - 1, fail, &breaker);
        assert_eq!(breaker.state(), State::Closed, "{rate}");
        fail(&breaker);
        assert_eq!(breaker.state(), State::Open, "{rate}");
    }
}

#[test]
fn before_the_minimum_of_calls_nothing_trips() {
    let (breaker, _) = owned(windowed(Settings::new().threshold(2).minimum_calls(10)));
    times(5, fail, &breaker);
    times(4, succeed, &breaker);
    assert_eq!(breaker.snapshot().window_calls, Some(9));
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker);
    let trip = breaker.last_trip().unwrap();
    assert_eq!((trip.rule, trip.measured, trip.calls), (Rule::FailuresInWindow, 6, Some(10)));
}

#[test]
fn a_success_never_trips_though_it_completes_the_minimum() {
    let (breaker, _) = owned(windowed(Settings::new().threshold(2).minimum_calls(4)));
    times(3, fail, &breaker);
    times(3, succeed, &breaker);
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn what_is_excluded_is_a_call_and_what_is_ignored_or_cancelled_is_none() {
    let (breaker, _) = owned(windowed(Settings::new().failure_rate(1.0)));
    permit(&breaker).excluded();
    permit(&breaker).ignore();
    drop(permit(&breaker));
    assert_eq!(breaker.snapshot().window_calls, Some(1));
}

#[test]
fn successes_leave_the_window_with_time() {
    let (breaker, clock) = owned(windowed(Settings::new().threshold(2).failure_rate(0.5)));
    times(1_000, succeed, &breaker);
    clock.advance(WINDOW - ms(1));
    assert_eq!(breaker.snapshot().window_calls, Some(1_000));
    clock.advance(ms(1));
    assert_eq!(breaker.snapshot().window_calls, Some(0));
    succeed(&breaker);
    times(2, fail, &breaker);
    assert_eq!(breaker.state(), State::Open, "a healthy past does not weigh on the present");
}

#[test]
fn a_breaker_that_closes_begins_with_an_empty_window() {
    let (breaker, clock) = owned(windowed(Settings::new().threshold(3)));
    times(3, fail, &breaker);
    clock.advance(TTL);
    succeed(&breaker);
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 0));
    times(2, fail, &breaker);
    assert_eq!(breaker.state(), State::Closed);
    breaker.close();
    assert_eq!(breaker.failure_count(), 0);
}

#[test]
fn a_call_begun_before_the_trip_is_in_no_later_window() {
    let (breaker, clock) = owned(windowed(Settings::new().threshold(2).failure_rate(0.1)));
    let late = [(); 4].map(|()| permit(&breaker));
    times(2, fail, &breaker);
    clock.advance(TTL);
    succeed(&breaker);
    for (n, permit) in late.into_iter().enumerate() {
        if n % 2 == 0 { permit.success() } else { permit.failure(&"late") }
    }
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.failures, snapshot.window_calls), (0, Some(0)));
}

#[test]
fn half_open_is_judged_by_its_probes_alone() {
    let settings = Settings::new().threshold(2).failure_rate(0.01).minimum_calls(1_000);
    let (breaker, clock) = owned(windowed(settings));
    breaker.open();
    clock.advance(TTL);
    fail(&breaker);
    assert_eq!(breaker.last_trip().unwrap().rule, Rule::ProbeFailed);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_trip_says_what_was_measured() {
    let (breaker, _) = owned(windowed(Settings::new().threshold(2).failure_rate(0.25)));
    times(5, succeed, &breaker);
    times(2, fail, &breaker);
    let trip = breaker.last_trip().unwrap();
    assert_eq!((trip.rule, trip.measured, trip.limit), (Rule::FailureRate, 2, 2));
    assert_eq!((trip.calls, trip.window, trip.failure_rate), (Some(7), Some(WINDOW), Some(0.25)));
    let said = "2 failures in 7 calls within 120s (28.57 %, failure_rate 25 %), last: down";
    assert_eq!(trip.to_string(), said);

    let (breaker, _) = owned(windowed(Settings::new().threshold(1)));
    fail(&breaker);
    let trip = breaker.last_trip().unwrap();
    assert_eq!((trip.calls, trip.window, trip.failure_rate), (None, Some(WINDOW), None));
    assert_eq!(trip.to_string(), "1 failure within 120s (threshold 1), last: down");

    let (breaker, _) = owned(windowed(Settings::new().threshold(1).minimum_calls(2)));
    times(2, fail, &breaker);
    let said = "2 failures in 2 calls within 120s (threshold 1, minimum_calls 2), last: down";
    assert_eq!(breaker.last_trip().unwrap().to_string(), said);

    let (breaker, clock) = owned(windowed(Settings::new().threshold(1)));
    fail(&breaker);
    clock.advance(TTL);
    fail(&breaker);
    let trip = breaker.last_trip().unwrap();
    assert_eq!((trip.calls, trip.window, trip.failure_rate), (None, None, None));
    assert_eq!(trip.to_string(), "a probe failed, last: down");
}

#[test]
fn the_last_failures_of_a_trip_are_those_in_the_window() {
    let (breaker, clock) = owned(windowed(Settings::new().threshold(2)));
    permit(&breaker).failure(&"old");
    clock.advance(WINDOW);
    permit(&breaker).failure(&"first");
    succeed(&breaker);
    permit(&breaker).failure(&"second");
    assert_eq!(breaker.last_trip().unwrap().last_failures, ["first", "second"]);
}

#[test]
fn of_many_failures_the_latest_five_are_told() {
    let (breaker, clock) = owned(windowed(Settings::new().threshold(8)));
    for era in 0..2 {
        for n in 1..=8 {
            permit(&breaker).failure(&format_args!("{era}.{n}"));
            let _ = breaker.try_acquire().map(circuit_runtime::Permit::success);
        }
        let told = breaker.last_trip().unwrap().last_failures.clone();
        assert_eq!(told, [4, 5, 6, 7, 8].map(|n| format!("{era}.{n}")));
        clock.advance(TTL);
        succeed(&breaker);
    }
}

#[test]
fn of_a_rate_that_is_reached_at_last_the_latest_failures_are_told() {
    let (breaker, clock) = owned(windowed(Settings::new().threshold(2).failure_rate(0.5)));
    times(100, succeed, &breaker);
    for n in 0..8 {
        permit(&breaker).failure(&format_args!("early {n}"));
    }
    clock.advance(WINDOW - ms(2_000));
    for n in 0..4 {
        permit(&breaker).failure(&format_args!("late {n}"));
    }
    // Now the healthy past is over, and with it the first failures.
    clock.advance(ms(2_000));
    permit(&breaker).failure(&"last");
    let trip = breaker.last_trip().unwrap();
    assert_eq!((trip.measured, trip.calls), (5, Some(5)));
    assert_eq!(trip.last_failures, ["late 0", "late 1", "late 2", "late 3", "last"]);
}

#[circuit_breaker(name = "window/declared", threshold = 2, window = "2m", failure_rate = 0.5)]
fn declared(n: u32) -> Answer {
    if n == 0 { down(n) } else { Ok(n) }
}

#[test]
fn an_attribute_declares_a_window() {
    let breaker = breaker!("window/declared");
    let clock = clock_of(breaker);
    for n in [1, 1, 1, 0, 0] {
        let _ = declared(n);
    }
    assert_eq!(breaker.state(), State::Closed, "2 of 5");
    clock.advance(ms(1));
    declared(0).unwrap_err();
    assert_eq!(breaker.state(), State::Open, "3 of 6");
}

#[test]
fn a_window_given_to_a_running_breaker_begins_empty() {
    let (breaker, _) = owned(Settings::new().threshold(3));
    times(2, fail, &breaker);
    breaker.set_settings(Settings::new().window(WINDOW)).unwrap();
    assert_eq!(breaker.failure_count(), 0);
    times(2, fail, &breaker);
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 2));
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_rate_given_to_a_running_window_is_of_calls_that_were_all_counted() {
    let (breaker, _) = owned(windowed(Settings::new().threshold(1_000)));
    for _ in 0..60 {
        times(99, succeed, &breaker);
        fail(&breaker);
    }
    breaker.set_settings(Settings::new().threshold(50).failure_rate(0.5)).unwrap();
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.failures, snapshot.window_calls), (0, Some(0)));
    fail(&breaker);
    assert_eq!(breaker.state(), State::Closed, "1 % of the calls failed, as far as anybody knows");
    // Other changes take nothing away.
    breaker.set_settings(Settings::new().threshold(60).failure_rate(0.4)).unwrap();
    assert_eq!(breaker.failure_count(), 1);
}

#[test]
fn a_window_made_much_longer_goes_on_counting() {
    let (breaker, clock) = owned(Settings::new().window(ms(1_000)).failure_rate(1.0));
    clock.advance(ms(500_123));
    times(3, succeed, &breaker);
    breaker.set_settings(Settings::new().window(WINDOW * 100)).unwrap();
    times(3, succeed, &breaker);
    assert_eq!(breaker.snapshot().window_calls, Some(6));
    clock.advance(WINDOW);
    succeed(&breaker);
    assert_eq!(breaker.snapshot().window_calls, Some(7));
}

#[test]
fn a_window_that_is_made_longer_keeps_what_is_in_it() {
    let (breaker, clock) = owned(windowed(Settings::new().threshold(3).minimum_calls(4)));
    times(2, fail, &breaker);
    succeed(&breaker);
    clock.advance(WINDOW / 2);
    breaker.set_settings(Settings::new().window(WINDOW * 2)).unwrap();
    clock.advance(WINDOW);
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.failures, snapshot.window_calls), (2, Some(3)));
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn modes_leave_the_window_as_it_is() {
    use circuit_runtime::Mode;
    let (breaker, _) = owned(windowed(Settings::new().threshold(3).failure_rate(0.1)));
    times(2, fail, &breaker);
    for mode in [Mode::Disabled, Mode::ForcedOpen] {
        breaker.set_mode(mode);
        if let Ok(permit) = breaker.try_acquire() {
            permit.failure(&"not counted");
        }
        breaker.set_mode(Mode::Normal);
        assert_eq!(breaker.failure_count(), 2, "{mode:?}");
    }
    breaker.set_mode(Mode::Shadow);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open, "counted, and told");
    succeed(&breaker);
}
