//! 3. Half-open: `probes` at a time, `success_threshold` in a row close, one failure re-opens, longer with `max_ttl`.

use std::time::Duration;

use circuit_runtime::{CircuitBreaker, Settings, State};

use crate::support::{TTL, fail, ms, owned, permit, probeable, rejected, succeed};

#[test]
fn exactly_probes_calls_are_let_in_at_a_time() {
    for probes in [1, 2, 5, 31] {
        let (breaker, _) = probeable(Settings::new().probes(probes).success_threshold(63));
        let mut out: Vec<_> = (0..probes).map(|_| permit(&breaker)).collect();
        assert_eq!(breaker.snapshot().probes_in_flight, probes);
        rejected(&breaker);
        out.pop().unwrap().success();
        out.push(permit(&breaker));
        rejected(&breaker);
    }
}

#[test]
fn the_rest_are_rejected_with_a_retry_after() {
    let (breaker, clock) = probeable(Settings::new().probe_timeout(ms(5_000)));
    let probe = permit(&breaker);
    clock.advance(ms(2_000));
    let rejection = rejected(&breaker);
    assert_eq!(rejection.state(), State::HalfOpen);
    assert_eq!(rejection.retry_after(), Some(ms(3_000)));
    probe.success();
}

#[test]
fn success_threshold_successes_in_a_row_close() {
    let (breaker, _) = probeable(Settings::new().success_threshold(3));
    for n in 0..3 {
        assert_eq!((breaker.state(), breaker.success_count()), (State::HalfOpen, n));
        succeed(&breaker);
    }
    assert_eq!((breaker.state(), breaker.success_count()), (State::Closed, 0));
    assert_eq!(breaker.failure_count(), 0);
}

#[test]
fn one_failure_re_opens_for_a_whole_ttl() {
    let (breaker, clock) = probeable(Settings::new().success_threshold(3));
    succeed(&breaker);
    succeed(&breaker);
    clock.advance(ms(1_000));
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.retry_after(), Some(TTL));
}

#[test]
fn successes_before_a_failure_are_forgotten() {
    let (breaker, clock) = probeable(Settings::new().success_threshold(2));
    succeed(&breaker);
    fail(&breaker);
    clock.advance(TTL);
    succeed(&breaker);
    assert_eq!((breaker.state(), breaker.success_count()), (State::HalfOpen, 1));
}

/// Times open, one after the other, with a failed probe after each.
fn times_open(
    breaker: &CircuitBreaker,
    clock: &circuit_runtime::test_util::ManualClock,
) -> Vec<u64> {
    let mut times = Vec::new();
    for _ in 0..6 {
        fail(breaker);
        let time = breaker.retry_after().unwrap();
        times.push(time.as_secs());
        clock.advance(time - ms(1));
        rejected(breaker);
        clock.advance(ms(1));
    }
    times
}

#[test]
fn each_failed_probe_doubles_the_time_open_up_to_max_ttl() {
    let (breaker, clock) = probeable(Settings::new().max_ttl(Duration::from_secs(500)));
    assert_eq!(times_open(&breaker, &clock), [120, 240, 480, 500, 500, 500]);
}

#[test]
fn without_max_ttl_the_time_open_stays() {
    let (breaker, clock) = probeable(Settings::new());
    assert_eq!(times_open(&breaker, &clock), [60; 6]);
}

#[test]
fn a_close_resets_the_time_open() {
    let (breaker, clock) = probeable(Settings::new().max_ttl(Duration::from_secs(500)));
    times_open(&breaker, &clock);
    succeed(&breaker);
    fail(&breaker);
    assert_eq!(breaker.retry_after(), Some(TTL));
}

#[test]
fn a_short_ttl_also_grows_up_to_max_ttl() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(ms(1)).max_ttl(TTL));
    for _ in 0..30 {
        fail(&breaker);
        clock.advance(breaker.retry_after().unwrap());
    }
    fail(&breaker);
    assert_eq!(breaker.retry_after(), Some(TTL));
}

#[test]
fn many_failed_probes_never_overflow_the_time_open() {
    let (breaker, clock) = probeable(Settings::new().max_ttl(Settings::MAX_TTL));
    let mut longest = TTL;
    for _ in 0..40 {
        fail(&breaker);
        let time = breaker.retry_after().unwrap();
        assert!(time >= longest && time <= Settings::MAX_TTL);
        longest = time;
        clock.advance(time);
    }
    assert_eq!(longest, Settings::MAX_TTL);
}

#[test]
fn with_two_probes_out_one_failed_probe_doubles_once() {
    let (breaker, _) = probeable(Settings::new().probes(2).max_ttl(TTL * 8));
    let (one, other) = (permit(&breaker), permit(&breaker));
    one.failure(&"down");
    other.failure(&"down");
    assert_eq!(breaker.retry_after(), Some(TTL * 2));
}
