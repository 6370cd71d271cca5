//! The breaker and its permits under loom, locks and window included: every schedule of two threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use loom::thread::{self, JoinHandle};

use super::counters::Counters;
use super::*;
use crate::machine::{Event, State};
use crate::sync::{explore, explore_within};
use crate::test_util::ManualClock;

const SECOND: Duration = Duration::from_secs(1);

/// One that has its `ttl` of a second behind it where it is open.
fn breaker(settings: Settings) -> (Arc<CircuitBreaker>, ManualClock) {
    let breaker = CircuitBreaker::new("model", settings.ttl(SECOND)).expect("valid");
    let clock = ManualClock::new();
    breaker.set_clock(&clock);
    clock.advance(10 * SECOND);
    (Arc::new(breaker), clock)
}

fn probeable(settings: Settings) -> (Arc<CircuitBreaker>, ManualClock) {
    let (breaker, clock) = breaker(settings);
    breaker.open();
    clock.advance(SECOND);
    (breaker, clock)
}

fn spawn(
    breaker: &Arc<CircuitBreaker>,
    body: impl FnOnce(&CircuitBreaker) + 'static,
) -> JoinHandle<()> {
    let breaker = Arc::clone(breaker);
    thread::spawn(move || body(&breaker))
}

fn join(thread: JoinHandle<()>) {
    thread.join().expect("no thread panics");
}

fn fail(breaker: &CircuitBreaker) {
    if let Ok(permit) = breaker.try_acquire() {
        permit.failure(&"down");
    }
}

#[test]
fn of_two_callers_at_the_end_of_the_ttl_one_is_the_probe() {
    explore("two callers at the end of the ttl", || {
        let (breaker, _clock) = probeable(Settings::new());
        let out = Arc::new(AtomicU32::new(0));
        let ask = {
            let out = Arc::clone(&out);
            move |breaker: &CircuitBreaker| match breaker.try_acquire() {
                Ok(probe) => {
                    assert_eq!(out.fetch_add(1, Ordering::Relaxed), 0, "two probes at once");
                    drop(probe);
                    out.fetch_sub(1, Ordering::Relaxed);
                }
                Err(rejected) => assert_eq!(rejected.state(), State::HalfOpen),
            }
        };
        let other = spawn(&breaker, ask.clone());
        ask(&breaker);
        join(other);
        let snapshot = breaker.snapshot();
        assert_eq!(snapshot.probes_in_flight, 0);
        assert_eq!(snapshot.calls.cancelled + snapshot.calls.rejected, 2);
        assert_eq!(snapshot.transitions.count(State::Open, State::HalfOpen), 1);
        assert!(breaker.try_acquire().is_ok());
    });
}

#[test]
fn two_failures_trip_once_and_the_trip_is_told_to_whoever_is_rejected() {
    explore("two failures, and a caller behind each", || {
        let (breaker, _clock) = breaker(Settings::new().threshold(2));
        let fail_and_ask = |breaker: &CircuitBreaker| {
            fail(breaker);
            if let Err(rejected) = breaker.try_acquire().map(Permit::ignore) {
                assert_eq!(rejected.trip().expect("a trip").measured, 2);
            }
        };
        let other = spawn(&breaker, fail_and_ask);
        fail_and_ask(&breaker);
        join(other);
        let snapshot = breaker.snapshot();
        assert_eq!(snapshot.state, State::Open);
        assert_eq!(snapshot.transitions.total(), 1);
        assert_eq!(snapshot.calls.failure, 2);
    });
}

#[test]
fn of_a_failure_that_trips_and_one_that_says_for_how_long_one_opens_and_for_what_its_trip_says() {
    explore("a failure that trips beside one that says for how long", || {
        let (breaker, _clock) = breaker(Settings::new().threshold(1));
        let other = spawn(&breaker, fail);
        if let Ok(permit) = breaker.try_acquire() {
            permit.unavailable(&"busy", 10 * SECOND);
        }
        join(other);
        let snapshot = breaker.snapshot();
        assert_eq!((snapshot.state, snapshot.transitions.total()), (State::Open, 1));
        let trip = snapshot.last_trip.expect("a trip");
        let asked = if trip.rule == Rule::RetryAfter { 10 * SECOND } else { SECOND };
        assert_eq!((trip.open_for, snapshot.retry_after), (asked, Some(asked)));
        let rejected = breaker.try_acquire().expect_err("open");
        assert_eq!(rejected.retry_after(), Some(asked));
    });
}

#[test]
fn a_failure_begun_before_the_trip_does_nothing_to_the_probe() {
    explore("a late failure beside a probe", || {
        let (breaker, clock) = breaker(Settings::new());
        let word = breaker.word.load();
        breaker.open();
        clock.advance(SECOND);
        let late = spawn(&breaker, move |breaker| Permit::new(breaker, word).failure(&"late"));
        breaker.try_acquire().expect("the only one that asks").success();
        join(late);
        let snapshot = breaker.snapshot();
        assert_eq!((snapshot.state, snapshot.failures), (State::Closed, 0));
        assert_eq!(snapshot.transitions.total(), 3);
    });
}

#[test]
fn the_failure_that_is_one_too_many_in_a_window_trips_and_no_later_one() {
    explore("three failures in a window", || {
        let (breaker, _clock) = breaker(Settings::new().threshold(2).window(SECOND));
        let permits = [(); 3].map(|()| breaker.word.load());
        let [first, second, third] = permits;
        let fail =
            |word| move |breaker: &CircuitBreaker| Permit::new(breaker, word).failure(&"down");
        let other = spawn(&breaker, move |breaker| {
            fail(first)(breaker);
            fail(second)(breaker);
        });
        fail(third)(&breaker);
        join(other);
        let trip = breaker.last_trip().expect("a trip");
        assert_eq!((trip.rule, trip.measured), (Rule::FailuresInWindow, 2));
        assert_eq!(breaker.snapshot().transitions.total(), 1);
    });
}

/// A breaker whose calls are counted, by each thread or by all together.
fn rated(is_seated: bool) -> (Arc<CircuitBreaker>, ManualClock) {
    let (breaker, clock) = breaker(Settings::new().window(SECOND).failure_rate(1.0));
    if is_seated {
        return (breaker, clock);
    }
    let mut breaker = Arc::into_inner(breaker).expect("the only one");
    breaker.counters = Counters::without_seat();
    (Arc::new(breaker), clock)
}

#[test]
fn a_window_loses_neither_a_success_nor_a_failure() {
    for is_seated in [true, false] {
        explore("a success and a failure in a window", move || {
            let (breaker, clock) = rated(is_seated);
            let other = spawn(&breaker, |breaker| breaker.try_acquire().expect("closed").success());
            // Another slot than before, or the same one, as the schedule has it.
            clock.advance(SECOND / 2);
            fail(&breaker);
            join(other);
            let snapshot = breaker.snapshot();
            assert_eq!((snapshot.failures, snapshot.window_calls), (1, Some(2)));
        });
    }
}

#[test]
fn a_window_that_begins_anew_holds_nothing_of_what_was_begun_before() {
    for (is_seated, fails) in [(true, false), (true, true), (false, false), (false, true)] {
        explore("a late outcome beside a breaker that is closed anew", move || {
            let (breaker, _clock) = rated(is_seated);
            let word = breaker.word.load();
            let late = spawn(&breaker, move |breaker| {
                let permit = Permit::new(breaker, word);
                if fails { permit.failure(&"late") } else { permit.success() }
            });
            breaker.close();
            breaker.try_acquire().expect("closed").success();
            join(late);
            let snapshot = breaker.snapshot();
            assert_eq!((snapshot.failures, snapshot.window_calls), (0, Some(1)));
        });
    }
}

#[test]
fn a_call_is_timed_by_the_settings_it_finds_and_loses_no_outcome() {
    // Calls are looked at before the limits are there that want it, so a call may read the seven words of the limits while they
    // are written: too many schedules to try them all.
    explore_within(Some(3), "a slow call beside a change of the settings", || {
        let (breaker, clock) = breaker(Settings::new());
        let changing = spawn(&breaker, |breaker| {
            let slow = Settings::new().slow_call(Duration::from_millis(1));
            breaker.set_settings(slow).expect("valid");
        });
        let permit = breaker.try_acquire().expect("closed");
        clock.advance(SECOND);
        permit.success();
        join(changing);
        let calls = breaker.snapshot().calls;
        assert_eq!((calls.success + calls.failure, calls.failure), (1, calls.slow));
        assert!(breaker.word.load().is_watched());
    });
}

#[test]
fn failures_far_from_a_trip_are_all_counted_beside_a_change_of_the_mode() {
    explore("two early failures beside a change of the mode", || {
        let (breaker, _clock) = breaker(Settings::new().threshold(7));
        let changing = spawn(&breaker, |breaker| breaker.set_mode(Mode::Shadow));
        let other = spawn(&breaker, fail);
        fail(&breaker);
        join(other);
        join(changing);
        let snapshot = breaker.snapshot();
        assert_eq!((snapshot.failures, snapshot.calls.failure), (2, 2));
        assert!(breaker.word.load().is_watched());
    });
}

#[test]
fn an_open_breaker_lets_the_next_call_in_by_the_ttl_it_was_given_last() {
    // The seven words of the limits, read and written at once, have too many schedules to try them all.
    explore_within(Some(3), "an opening beside a change of the ttl", || {
        let (breaker, clock) = breaker(Settings::new().max_ttl(10 * SECOND));
        breaker.set_ttl(10 * SECOND).expect("valid");
        let limits = breaker.limits.get();
        let changing = spawn(&breaker, |breaker| breaker.set_ttl(SECOND).expect("valid"));
        breaker.apply(Event::Open, &limits, &Vec::new);
        join(changing);
        clock.advance(SECOND);
        assert!(breaker.try_acquire().is_ok());
    });
}

#[test]
fn a_mode_set_during_a_call_leaves_its_outcome_counted() {
    explore("a failure beside a change of the mode and back", || {
        let (breaker, _clock) = breaker(Settings::new().threshold(1));
        let permit = breaker.try_acquire().expect("closed");
        let changing = spawn(&breaker, |breaker| {
            breaker.set_mode(Mode::Disabled);
            breaker.set_mode(Mode::Normal);
        });
        permit.failure(&"down");
        join(changing);
        assert_eq!(breaker.state(), State::Open);
        assert!(!breaker.word.load().is_watched());
    });
}

#[test]
fn a_rate_given_live_is_judged_by_calls_that_were_counted_for_it() {
    explore_within(Some(2), "two calls beside a rate that is given live", || {
        let many = Settings::new().threshold(100).window(60 * SECOND);
        let (breaker, _clock) = breaker(many);
        // One in two so far, of which nobody has counted the success.
        breaker.try_acquire().expect("closed").success();
        fail(&breaker);
        let changing = spawn(&breaker, |breaker| {
            let rate = Settings::new().threshold(2).failure_rate(0.9);
            breaker.set_settings(rate).expect("valid");
        });
        breaker.try_acquire().expect("closed").success();
        fail(&breaker);
        join(changing);
        assert_eq!(breaker.state(), State::Closed);
    });
}
