//! The breaker beside a reference of plain integers: whatever happens to both, they say the same.
//!
//! `PROPTEST_CASES=100000 cargo test -p integration-tests --test reference` tries more schedules than the usual few.

mod plain;
mod schedule;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use circuit_runtime::test_util::ManualClock;
use circuit_runtime::{CircuitBreaker, Mode, Permit, Settings, State};
use proptest::prelude::*;

use self::plain::{Outcome, Plain};
use self::schedule::{Event, events, settings, start};

/// Both of them, and the calls that are out.
struct Both<'b> {
    breaker: &'b CircuitBreaker,
    clock: &'b ManualClock,
    plain: Plain,
    out: Vec<(Permit<'b>, plain::Permit)>,
}

impl Both<'_> {
    fn happen(&mut self, event: &Event) {
        match event {
            Event::Ask => self.ask(),
            Event::End(which, how) => {
                if !self.out.is_empty() {
                    let which = which.index(self.out.len());
                    self.end(which, *how);
                }
            }
            Event::Call(how) => {
                let before = self.out.len();
                self.ask();
                if self.out.len() > before {
                    self.end(before, *how);
                }
            }
            Event::Wait(time) => {
                self.clock.advance(*time);
                self.plain.now += *time;
            }
            Event::Open => {
                self.breaker.open();
                self.plain.open(&open_for(self.breaker));
            }
            Event::HalfOpen => {
                self.breaker.half_open();
                self.plain.half_open();
            }
            Event::Close => {
                self.breaker.close();
                self.plain.close();
            }
            Event::Mode(mode) => {
                self.breaker.set_mode(*mode);
                self.plain.mode = *mode;
            }
            Event::Change(change) => {
                let before = self.breaker.settings();
                if change.is_of_time_open() && before.get_jitter() > 0.0 {
                    return;
                }
                match self.breaker.set_settings(change.of(&before)) {
                    Ok(()) => self.plain.change(self.breaker.settings()),
                    Err(_) => assert_eq!(self.breaker.settings(), before, "nothing has changed"),
                }
            }
        }
        self.compare();
    }

    fn ask(&mut self) {
        match (self.breaker.try_acquire(), self.plain.ask()) {
            (Ok(permit), Ok(plain)) => self.out.push((permit, plain)),
            (Err(rejected), Err(plain)) => {
                assert_eq!((rejected.state(), rejected.retry_after()), plain);
                assert_eq!(rejected.name(), "reference");
            }
            (Ok(_), Err(rejection)) => panic!("let through instead of {rejection:?}"),
            (Err(rejected), Ok(_)) => panic!("rejected by mistake: {rejected}"),
        }
    }

    fn end(&mut self, which: usize, how: Outcome) {
        let (permit, plain) = self.out.swap_remove(which);
        match how {
            Outcome::Success => permit.success(),
            Outcome::Failure => permit.failure(&"down"),
            Outcome::Unavailable(wait) => permit.unavailable(&"busy", wait),
            Outcome::Excluded => permit.excluded(),
            Outcome::Ignored => permit.ignore(),
            Outcome::Dropped => drop(permit),
            Outcome::Forgotten => std::mem::forget(permit),
            Outcome::Panic => {
                let unwound = catch_unwind(AssertUnwindSafe(|| {
                    let _permit = permit;
                    // Without the hook, which would print every one of them.
                    std::panic::resume_unwind(Box::new("panicked"));
                }));
                assert!(unwound.is_err());
            }
        }
        self.plain.end(plain, how, &open_for(self.breaker));
    }

    fn compare(&self) {
        let (breaker, plain) = (self.breaker, &self.plain);
        assert_eq!(breaker.state(), plain.state(), "state");
        assert_eq!(breaker.retry_after(), plain.retry_after(), "retry_after");
        assert_eq!(breaker.failure_count(), plain.failures(), "failures");
        assert_eq!(breaker.success_count(), plain.successes(), "successes");
        let snapshot = breaker.snapshot();
        assert_eq!(snapshot.state, plain.state());
        assert_eq!(snapshot.calls, plain.calls);
        assert_eq!(snapshot.failures, plain.failures());
        assert_eq!(snapshot.window_calls, plain.window_calls(), "calls in the window");
        assert_eq!(snapshot.probes_in_flight, plain.in_flight(), "probes in flight");
        assert_eq!(snapshot.mode, plain.mode);
        assert_eq!(snapshot.retry_after, plain.retry_after());
        for pair in snapshot.transitions.iter() {
            let words = (pair.from.as_str(), pair.to.as_str());
            assert_eq!(
                pair.count,
                plain.transitions.get(&words).copied().unwrap_or(0),
                "{words:?}"
            );
        }
        for (state, time) in snapshot.time_in_state {
            assert_eq!(time, plain.time_in(state), "time {state}");
        }
        let trip = snapshot.last_trip;
        assert_eq!(trip.map(|trip| (trip.rule, trip.measured, trip.limit, trip.calls)), plain.trip);
    }

    /// What chance has added to the time open is at most the share that it was given.
    fn compare_time_open(&self) {
        let (asked, jitter) = (self.plain.asked(), self.plain.jitter());
        let Some(trip) = self.breaker.last_trip().filter(|_| !asked.is_zero()) else { return };
        if !jitter.is_zero() {
            let range = asked..=asked + jitter;
            assert!(range.contains(&trip.open_for), "{asked:?}, {:?}", trip.open_for);
        }
    }
}

/// Brings back a breaker whose dependency is well again: everyone who is rejected waits as long as they are told.
fn recover(mut both: Both<'_>) {
    both.happen(&Event::Mode(Mode::Normal));
    // The worst case: of all calls that are out, none will ever say how it ended.
    both.out.drain(..).for_each(|(permit, _)| std::mem::forget(permit));
    let settings = both.breaker.settings();
    let calls = 2 * (settings.get_success_threshold() + settings.get_probes()) + 2;
    for _ in 0..calls {
        if both.breaker.state() == State::Closed {
            return;
        }
        match both.breaker.try_acquire() {
            Ok(permit) => permit.success(),
            Err(rejected) => {
                let wait = rejected.retry_after().expect("a time to try again");
                both.clock.advance(wait);
            }
        }
    }
    panic!("stuck {} after {calls} calls: {:?}", both.breaker.state(), both.breaker.snapshot());
}

/// How long the breaker says that it stays open, if it has just opened.
fn open_for(breaker: &CircuitBreaker) -> impl Fn() -> Duration {
    || breaker.last_trip().expect("it has just opened").open_for
}

fn run(start: Duration, settings: Settings, events: &[Event], then: fn(Both<'_>)) {
    let breaker = CircuitBreaker::new("reference", settings).expect("valid settings");
    let clock = ManualClock::new();
    clock.advance(start);
    breaker.set_clock(&clock);
    let plain = Plain::new(settings, clock.elapsed());
    let mut both = Both { breaker: &breaker, clock: &clock, plain, out: Vec::new() };
    for event in events {
        both.happen(event);
        both.compare_time_open();
    }
    then(both);
}

proptest! {
    // A schedule that fails is printed, as small as it can be.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_breaker_does_what_the_reference_does(
        start in start(),
        settings in settings(),
        events in events(),
    ) {
        run(start, settings, &events, |_| ());
    }

    #[test]
    fn from_wherever_it_got_to_a_breaker_finds_its_way_back_to_closed(
        start in start(),
        settings in settings(),
        events in events(),
    ) {
        run(start, settings, &events, recover);
    }
}
