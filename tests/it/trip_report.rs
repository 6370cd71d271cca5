//! The report of a trip.

use std::cell::Cell;
use std::fmt;
use std::time::{Duration, SystemTime};

use circuit_runtime::{Rule, Settings, State, breaker, circuit_breaker};

use crate::support::{Answer, Fault, TTL, down, owned, permit, probeable, rejected, succeed};

fn fail_with(breaker: &circuit_runtime::CircuitBreaker, messages: impl IntoIterator<Item = u32>) {
    messages.into_iter().for_each(|n| permit(breaker).failure(&n));
}

#[test]
fn a_trip_says_what_was_measured_and_what_the_last_failures_said() {
    let (breaker, _) = owned(Settings::new().threshold(3).ttl(TTL));
    let before = SystemTime::now();
    fail_with(&breaker, 1..=3);
    let trip = breaker.last_trip().unwrap();
    assert_eq!((&*trip.breaker, trip.rule), ("owned", Rule::ConsecutiveFailures));
    assert_eq!((trip.measured, trip.limit), (3, 3));
    assert_eq!(trip.last_failures, ["1", "2", "3"]);
    assert_eq!((trip.from, trip.open_for), (State::Closed, TTL));
    assert!(trip.at >= before && trip.at <= SystemTime::now());
    assert!(trip.notes.is_empty());
    assert_eq!(trip.to_string(), "3 failures in a row (threshold 3), last: 3");
}

#[test]
fn at_most_five_failures_are_kept_and_of_each_at_most_200_bytes() {
    let (breaker, _) = owned(Settings::new().threshold(50));
    fail_with(&breaker, 1..50);
    permit(&breaker).failure(&"é".repeat(10_000));
    let trip = breaker.last_trip().unwrap();
    assert_eq!(trip.last_failures[..4], ["46", "47", "48", "49"]);
    assert_eq!(trip.last_failures.len(), 5);
    assert!(trip.last_failures[4].len() <= 200);
}

#[test]
fn only_what_the_report_of_a_trip_may_say_is_written_out() {
    struct Written<'a>(&'a Cell<u32>);
    impl fmt::Display for Written<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.set(self.0.get() + 1);
            f.write_str("written")
        }
    }
    let (breaker, clock) = owned(Settings::new().threshold(100).ttl(TTL));
    let written = Cell::new(0);
    let late: Vec<_> = (0..3).map(|_| permit(&breaker)).collect();
    let [late, later, latest] = late.try_into().unwrap();
    (0..100).for_each(|_| permit(&breaker).failure(&Written(&written)));
    assert_eq!((breaker.state(), written.take()), (State::Open, 5));
    late.failure(&Written(&written));
    clock.advance(TTL);
    let probe = permit(&breaker);
    later.failure(&Written(&written));
    assert_eq!(written.take(), 0);
    probe.success();
    latest.failure(&Written(&written));
    assert_eq!((breaker.state(), written.take()), (State::Closed, 0));
}

#[test]
fn failures_before_a_success_belong_to_no_later_trip() {
    let (breaker, _) = owned(Settings::new().threshold(3));
    fail_with(&breaker, [1, 2]);
    succeed(&breaker);
    fail_with(&breaker, [3, 4, 5]);
    assert_eq!(breaker.last_trip().unwrap().last_failures, ["3", "4", "5"]);
}

#[test]
fn failures_before_a_success_belong_to_no_later_trip_when_the_threshold_changes_meanwhile() {
    let (breaker, _) = owned(Settings::new().threshold(5));
    fail_with(&breaker, [1, 2, 3, 4]);
    succeed(&breaker);
    breaker.set_threshold(100).unwrap();
    fail_with(&breaker, [5, 6, 7]);
    breaker.set_threshold(4).unwrap();
    fail_with(&breaker, [8]);
    let failures = &breaker.last_trip().unwrap().last_failures;
    assert!(failures.iter().all(|n| n.parse::<u32>().unwrap() >= 5), "{failures:?}");
}

#[test]
fn failures_of_a_run_that_was_closed_by_hand_belong_to_no_later_trip() {
    let (breaker, _) = owned(Settings::new().threshold(2));
    fail_with(&breaker, [1]);
    breaker.close();
    fail_with(&breaker, [2, 3]);
    assert_eq!(breaker.last_trip().unwrap().last_failures, ["2", "3"]);
}

#[test]
fn failures_of_a_run_that_was_closed_by_hand_stay_behind_also_when_the_later_ones_were_not_kept() {
    let (breaker, _) = owned(Settings::new().threshold(5));
    fail_with(&breaker, [1, 2, 3, 4]);
    breaker.close();
    breaker.set_threshold(100).unwrap();
    fail_with(&breaker, [5, 6, 7]);
    breaker.set_threshold(4).unwrap();
    fail_with(&breaker, [8]);
    assert_eq!(breaker.last_trip().unwrap().last_failures, ["8"]);
}

#[test]
fn a_failed_probe_is_its_own_trip() {
    let (breaker, _) = probeable(Settings::new().max_ttl(TTL * 2));
    fail_with(&breaker, [7]);
    let trip = breaker.last_trip().unwrap();
    assert_eq!((trip.rule, trip.measured, trip.limit), (Rule::ProbeFailed, 1, 1));
    assert_eq!((trip.from, trip.open_for), (State::HalfOpen, TTL * 2));
    assert_eq!(trip.last_failures, ["7"]);
    assert_eq!(trip.to_string(), "a probe failed, last: 7");
}

#[test]
fn a_trip_by_hand_says_so() {
    let (breaker, _) = owned(Settings::new().threshold(3));
    fail_with(&breaker, [1, 2]);
    breaker.open();
    let trip = breaker.last_trip().unwrap();
    assert_eq!((trip.rule, trip.measured, trip.limit), (Rule::ByHand, 0, 0));
    assert!(trip.last_failures.is_empty());
    assert_eq!(trip.to_string(), "opened by hand");
}

#[test]
fn a_rejection_knows_the_trip_even_when_it_outlives_the_breaker() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    fail_with(&breaker, [1]);
    let rejection = rejected(&breaker);
    assert_eq!(rejection.to_string(), r#"circuit breaker "owned" is open, retry in 60.0s"#);
    drop(breaker);
    assert_eq!(rejection.name(), "owned");
    assert_eq!(rejection.trip().unwrap().last_failures, ["1"]);
}

#[test]
fn a_rejection_by_a_half_open_by_hand_knows_no_trip() {
    let (breaker, _) = owned(Settings::new());
    breaker.half_open();
    let probe = permit(&breaker);
    assert!(rejected(&breaker).trip().is_none());
    probe.success();
}

#[test]
fn a_trip_is_frozen_and_stays_after_the_breaker_closed() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL));
    fail_with(&breaker, [1]);
    let trip = breaker.last_trip().unwrap();
    breaker.set_ttl(Duration::from_secs(1)).unwrap();
    clock.advance(TTL);
    succeed(&breaker);
    assert_eq!(trip.open_for, TTL);
    assert_eq!(breaker.last_trip().unwrap().at, trip.at);
}

#[circuit_breaker(name = "trip_report/io", threshold = 1)]
fn io() -> std::io::Result<()> {
    Err(std::io::Error::other("disk on fire"))
}

#[test]
fn a_rejection_travels_in_an_io_error() {
    assert_eq!(io().unwrap_err().to_string(), "disk on fire");
    let error = io().unwrap_err();
    let rejection = error.get_ref().unwrap().downcast_ref::<circuit_runtime::Rejected>().unwrap();
    assert_eq!(rejection.trip().unwrap().last_failures, ["disk on fire"]);
}

struct Silent;
type Mute = Result<(), Silent>;

#[circuit_breaker(name = "trip_report/mute", threshold = 1, rejected = |_| Silent)]
fn mute() -> Mute {
    Err(Silent)
}

#[circuit_breaker(name = "trip_report/value", threshold = 1, failure_if = |n| *n > 1)]
fn value(n: u32) -> Answer {
    Ok(n)
}

#[test]
fn a_failure_that_cannot_be_printed_is_told_by_its_type_and_a_value_as_such() {
    assert!(mute().is_err());
    let failures = &breaker!("trip_report/mute").last_trip().unwrap().last_failures;
    assert!(failures[0].ends_with("Silent"), "{failures:?}");
    assert_eq!(value(2).unwrap(), 2);
    let failures = &breaker!("trip_report/value").last_trip().unwrap().last_failures;
    assert!(failures[0].contains("failure_if"), "{failures:?}");
}

#[circuit_breaker(name = "trip_report/rude", threshold = 1, rejected = |_| Rude)]
fn rude() -> Result<(), Rude> {
    Err(Rude)
}

#[derive(Debug)]
struct Rude;

impl fmt::Display for Rude {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("Display panics")
    }
}

#[test]
fn a_display_that_panics_costs_the_caller_nothing() {
    rude().unwrap_err();
    assert_eq!(breaker!("trip_report/rude").state(), State::Open);
}

#[test]
fn the_fault_of_these_tests_prints_itself() {
    assert_eq!(down(3).unwrap_err().to_string(), "down 3");
    assert!(matches!(down(3), Err(Fault::Down(3))));
}
