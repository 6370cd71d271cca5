//! 10. Bad settings can't exist; live changes keep the state.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use circuit_runtime::{CircuitBreaker, OnCancel, Permit, Settings, State};

use crate::support::{TTL, fail, ms, owned, permit, probeable, rejected, succeed};

const NEW: Settings = Settings::new();

#[test]
fn bad_settings_are_typed_errors_that_name_breaker_key_and_value() {
    let cases = [
        (NEW.threshold(0), "threshold", "0"),
        (NEW.ttl(Duration::ZERO), "ttl", "0ns"),
        (NEW.ttl(Duration::MAX), "ttl", "18446744073709551615.999999999s"),
        (NEW.success_threshold(0), "success_threshold", "0"),
        (NEW.success_threshold(64), "success_threshold", "64"),
        (NEW.probes(0), "probes", "0"),
        (NEW.probes(32), "probes", "32"),
        (NEW.probe_timeout(Duration::ZERO), "probe_timeout", "0ns"),
        (NEW.max_ttl(Duration::MAX), "max_ttl", "18446744073709551615.999999999s"),
        (NEW.ttl(TTL).max_ttl(TTL - ms(1)), "max_ttl", "59.999s"),
    ];
    for (settings, key, value) in cases {
        let error = CircuitBreaker::new("payments", settings).unwrap_err();
        assert_eq!((error.breaker(), error.key(), error.value()), ("payments", key, value));
        let message = error.to_string();
        assert!(["payments", key, value].iter().all(|part| message.contains(part)), "{message}");
        let (breaker, _) = owned(NEW);
        assert_eq!(breaker.set_settings(settings).unwrap_err().key(), key);
        assert_eq!(breaker.settings(), NEW, "nothing has changed");
    }
}

#[test]
fn a_bad_name_is_an_error() {
    for name in ["", "two\nlines", &"x".repeat(201)] {
        assert_eq!(CircuitBreaker::new(name, NEW).unwrap_err().key(), "name");
    }
    for name in ["Zahlungen: §1", &"x".repeat(200)] {
        assert_eq!(CircuitBreaker::new(name, NEW).unwrap().name(), name);
    }
}

#[test]
fn the_shortest_ttl_works_as_a_millisecond() {
    let (breaker, clock) = owned(NEW.threshold(1).ttl(Duration::from_nanos(1)));
    fail(&breaker);
    rejected(&breaker);
    clock.advance(ms(1));
    succeed(&breaker);
}

#[test]
fn bad_live_changes_are_errors_and_change_nothing() {
    let (breaker, _) = owned(NEW.ttl(TTL).max_ttl(TTL * 2));
    assert_eq!(breaker.set_threshold(0).unwrap_err().key(), "threshold");
    assert_eq!(breaker.set_ttl(Duration::ZERO).unwrap_err().key(), "ttl");
    assert_eq!(breaker.set_ttl(TTL * 3).unwrap_err().key(), "max_ttl");
    assert_eq!(breaker.settings(), NEW.ttl(TTL).max_ttl(TTL * 2));
}

#[test]
fn a_live_threshold_keeps_the_count() {
    // Near a trip, and so far from one that failures were not even looked at.
    for threshold in [5, 100] {
        let (breaker, _) = owned(NEW.threshold(threshold));
        fail(&breaker);
        fail(&breaker);
        breaker.set_threshold(3).unwrap();
        assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 2));
        fail(&breaker);
        assert_eq!(breaker.state(), State::Open);
    }
}

#[test]
fn a_first_window_given_live_counts_the_failures_from_then_on() {
    let (breaker, _) = owned(NEW.threshold(100));
    fail(&breaker);
    breaker.set_settings(NEW.threshold(2).window(TTL)).unwrap();
    fail(&breaker);
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 1));
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_live_threshold_below_the_count_trips_at_the_next_failure() {
    let (breaker, _) = owned(NEW.threshold(5));
    (0..4).for_each(|_| fail(&breaker));
    breaker.set_threshold(2).unwrap();
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.last_trip().unwrap().measured, 5);
}

#[test]
fn a_live_ttl_keeps_an_open_breaker_open_from_when_it_opened() {
    let (breaker, clock) = owned(NEW.threshold(1).ttl(TTL));
    fail(&breaker);
    clock.advance(ms(10_000));
    breaker.set_ttl(ms(15_000)).unwrap();
    assert_eq!(breaker.retry_after(), Some(ms(5_000)));
    breaker.set_ttl(ms(10_000)).unwrap();
    assert_eq!(breaker.state(), State::HalfOpen);
    breaker.set_ttl(TTL).unwrap();
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn fewer_probes_while_some_are_out_let_no_more_in_until_they_are_back() {
    let (breaker, _) = probeable(NEW.probes(3).success_threshold(9));
    let out = [permit(&breaker), permit(&breaker), permit(&breaker)];
    breaker.set_settings(NEW.threshold(1).ttl(TTL).probes(1).success_threshold(9)).unwrap();
    let [one, two, three] = out;
    one.success();
    two.success();
    rejected(&breaker);
    three.success();
    assert_eq!(breaker.success_count(), 3);
    drop(permit(&breaker));
}

#[test]
fn settings_read_back_as_given_with_defaults_for_the_rest() {
    assert_eq!(NEW.get_threshold(), 5);
    assert_eq!(NEW.get_ttl(), TTL);
    assert_eq!((NEW.get_probes(), NEW.get_success_threshold()), (1, 1));
    assert_eq!((NEW.get_probe_timeout(), NEW.get_max_ttl()), (TTL, TTL));
    assert_eq!(NEW.get_on_cancel(), OnCancel::Ignore);
    let given = NEW.ttl(ms(5)).probes(2);
    assert_eq!(
        (given.get_max_ttl(), given.get_probe_timeout(), given.get_probes()),
        (ms(5), ms(5), 2)
    );
}

#[test]
fn what_was_given_live_is_taken_back_at_once_and_the_count_is_kept() {
    let (breaker, _) = owned(NEW.threshold(5).ttl(TTL));
    breaker.set_settings(NEW.threshold(100).window(TTL)).unwrap();
    breaker.set_ttl(ms(5)).unwrap();
    breaker.reset_settings();
    assert_eq!(breaker.settings(), NEW.threshold(5).ttl(TTL));
    (0..5).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_window_taken_away_leaves_failures_in_a_row_from_zero() {
    let (breaker, _) = owned(NEW.threshold(3).window(TTL).failure_rate(0.1).minimum_calls(3));
    fail(&breaker);
    fail(&breaker);
    breaker.set_settings(NEW.without_window()).unwrap();
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 0));
    fail(&breaker);
    fail(&breaker);
    succeed(&breaker);
    fail(&breaker);
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 1));
    breaker.reset_settings();
    assert_eq!(breaker.failure_count(), 0, "the window begins anew: it has missed some calls");
    assert_eq!(breaker.snapshot().window_calls, Some(0));
    (0..3).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Open);
}

/// A run of failures from before there was a window went on when it was taken away.
#[test]
fn a_run_from_before_a_window_is_none_after_it() {
    let (breaker, _) = owned(NEW.threshold(5));
    (0..3).for_each(|_| fail(&breaker));
    breaker.set_settings(NEW.window(TTL)).unwrap();
    breaker.set_settings(NEW.without_window()).unwrap();
    assert_eq!(breaker.failure_count(), 0);
}

/// The rule was there before the window that it judges: nine failures in ten were found where it was one in four.
#[test]
fn a_rate_given_live_is_never_judged_by_failures_without_their_successes() {
    let (breaker, _) = owned(NEW.threshold(u32::MAX).window(TTL * 60));
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..3_000 {
                while breaker.failure_count() < 30 {
                    std::thread::yield_now();
                }
                breaker.set_settings(NEW.threshold(20).failure_rate(0.9)).unwrap();
                breaker.set_settings(NEW.threshold(u32::MAX).without_failure_rate()).unwrap();
            }
            is_over.store(true, Ordering::Relaxed);
        });
        while !is_over.load(Ordering::Relaxed) {
            breaker.close();
            while !is_over.load(Ordering::Relaxed) && breaker.state() == State::Closed {
                for _ in 0..3 {
                    drop(breaker.try_acquire().map(Permit::success));
                }
                drop(breaker.try_acquire().map(|permit| permit.failure(&"down")));
            }
        }
    });
    // At three successes to a failure.
    assert_eq!(breaker.snapshot().transitions.count(State::Closed, State::Open), 0);
}

#[test]
fn slow_calls_and_rates_can_be_taken_back() {
    let (breaker, clock) = owned(NEW.threshold(1).slow_call(ms(10)));
    breaker.set_settings(NEW.without_slow_call()).unwrap();
    let slow = permit(&breaker);
    clock.advance(TTL);
    slow.success();
    assert_eq!(breaker.state(), State::Closed);

    let (breaker, _) = owned(NEW.threshold(2).window(TTL).failure_rate(1.0));
    succeed(&breaker);
    breaker.set_settings(NEW.without_failure_rate()).unwrap();
    fail(&breaker);
    fail(&breaker);
    assert_eq!(breaker.last_trip().unwrap().failure_rate, None);
}

#[test]
fn a_rate_without_a_window_is_refused_however_it_comes_about() {
    let (breaker, _) = owned(NEW.window(TTL).failure_rate(0.5));
    breaker.set_settings(NEW.without_window()).expect("the rate goes with it");
    assert_eq!(breaker.set_settings(NEW.failure_rate(0.5)).unwrap_err().key(), "failure_rate");
    breaker.set_settings(NEW.window(TTL).failure_rate(0.5)).unwrap();
}

/// Whatever comes between, a trip is judged by settings that belong together.
#[test]
fn calls_beside_live_changes_see_old_settings_or_new_ones_and_no_mixture() {
    let (breaker, _) = owned(NEW.threshold(2).ttl(ms(20_000)));
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..20_000_u32 {
                let threshold = 2 + n % 2;
                let ttl = ms(u64::from(threshold) * 10_000);
                breaker.set_settings(NEW.threshold(threshold).ttl(ttl)).unwrap();
            }
            is_over.store(true, Ordering::Relaxed);
        });
        let mut trips = 0;
        while !is_over.load(Ordering::Relaxed) || trips == 0 {
            while let Ok(permit) = breaker.try_acquire() {
                permit.failure(&"down");
            }
            let trip = breaker.last_trip().unwrap();
            assert_eq!(trip.open_for, ms(u64::from(trip.limit) * 10_000));
            assert!(trip.measured >= 2 && trip.measured <= 3, "{trip}");
            breaker.close();
            trips += 1;
        }
    });
}

#[test]
fn settings_print_what_is_given_by_the_words_of_the_attribute() {
    assert_eq!(NEW.to_string(), "defaults");
    let given = NEW.threshold(3).ttl(ms(1_500)).without_window().on_cancel(OnCancel::Failure);
    assert_eq!(
        given.to_string(),
        "threshold = 3, ttl = 1.5s, window = none, failure_rate = none, minimum_calls = none, \
         on_cancel = failure"
    );
    assert_eq!(format!("{:?}", given.get_on_cancel()), "Failure");
}

#[test]
fn settings_with_all_defaults_are_settings() {
    for settings in [NEW, NEW.window(TTL), NEW.window(TTL).failure_rate(0.5), NEW.slow_call(TTL)] {
        let all = settings.with_defaults();
        assert_eq!(all.with_defaults(), all);
        let (breaker, _) = owned(all);
        assert_eq!(breaker.settings().get_threshold(), 5);
    }
}

#[test]
fn the_declarations_of_all_these_tests_agree() {
    circuit_runtime::registry().verify().unwrap();
}
