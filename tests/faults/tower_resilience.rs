//! tower-resilience-circuitbreaker 0.14.0, Rust.

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::mem;
use std::task::Poll;
use std::time::Duration;

use circuit_runtime::metrics::BreakerCollector;
use circuit_runtime::test_util::isolate;
use circuit_runtime::{CircuitBreaker, Permit, Settings, State, breaker, circuit_breaker};
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::registry::Registry;

use crate::support::{
    Answer, FRAGILE, Fault, TTL, cancel, clock_of, fail, let_in_at_once, ms, now, owned, panic_of,
    permit, probeable, rejected, succeed,
};

/// `standard()`: at least half of the last hundred calls.
const STANDARD: Settings =
    Settings::new().window(TTL).threshold(50).failure_rate(0.5).minimum_calls(100).ttl(TTL);

/// The "sliding" window of a hundred calls never slides: after 100 000 successes, it takes 100 000 failures.
#[test]
fn a_hundred_thousand_successes_do_not_keep_a_window_from_tripping() {
    let (breaker, clock) = owned(STANDARD);
    (0..100_000).for_each(|_| succeed(&breaker));
    clock.advance(TTL);
    let failures = (1..=1_000).find(|_| {
        fail(&breaker);
        breaker.state() == State::Open
    });
    assert_eq!(failures, Some(100));
}

/// Probes older than the time window are forgotten, but their permits are gone: with probes that come slower than
/// that, half-open never ends.
#[test]
fn probes_further_apart_than_the_window_close() {
    let settings = STANDARD.window(ms(50)).threshold(1).minimum_calls(1).success_threshold(3);
    let (breaker, clock) = probeable(settings);
    for _ in 0..3 {
        assert_eq!(breaker.state(), State::HalfOpen);
        succeed(&breaker);
        clock.advance(ms(60));
    }
    assert_eq!(breaker.state(), State::Closed);
}

/// Late results count, successes and failures alike.
#[test]
fn late_results_count_neither_way() {
    let (breaker, clock) = owned(FRAGILE.success_threshold(2));
    let late = [permit(&breaker), permit(&breaker), permit(&breaker)];
    fail(&breaker);
    clock.advance(TTL);
    let probe = permit(&breaker);
    let [one, two, three] = late;
    one.success();
    two.success();
    three.failure(&"late");
    assert_eq!((breaker.state(), breaker.success_count()), (State::HalfOpen, 0));
    probe.success();
    assert_eq!((breaker.state(), breaker.success_count()), (State::HalfOpen, 1));
}

/// A probe that hangs keeps its slot of the semaphore for ever.
#[test]
fn a_probe_that_hangs_loses_its_place() {
    let (breaker, clock) = probeable(FRAGILE);
    mem::forget(permit(&breaker));
    rejected(&breaker);
    clock.advance(TTL);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}

#[circuit_breaker(name = "faults/tower_resilience/panics", threshold = 20)]
async fn panics() -> Answer {
    panic!("boom")
}

/// Twenty panics were not counted.
#[test]
fn twenty_panics_trip() {
    for _ in 0..20 {
        assert_eq!(panic_of(|| now(panics())), "boom");
    }
    let breaker = breaker!("faults/tower_resilience/panics");
    assert_eq!((breaker.state(), breaker.snapshot().calls.failure), (State::Open, 20));
}

/// The gauge shows closed, half-open and open at once, because the old label is not set back.
#[test]
fn the_gauge_shows_one_state_and_time_passes_in_that_one() {
    let isolation = isolate();
    let breaker = breaker!("faults/tower_resilience/gauge", threshold = 1, ttl = 60);
    let mut metrics = Registry::default();
    metrics.register_collector(Box::new(BreakerCollector::new()));
    let told = |series: &str| {
        let mut text = String::new();
        encode(&mut text, &metrics).unwrap();
        ["closed", "open", "half-open"].map(|state| {
            let of = format!("{series}{{name=\"{}\",state=\"{state}\"}} ", breaker.name());
            text.lines().find_map(|line| line.strip_prefix(&of)).expect("a series").to_owned()
        })
    };
    let mut seconds = [0; 3];
    let steps: [(fn(&CircuitBreaker), _); 4] = [
        (|_| (), State::Closed),
        (fail, State::Open),
        (CircuitBreaker::half_open, State::HalfOpen),
        (succeed, State::Closed),
    ];
    for (step, state) in steps {
        step(breaker);
        let of_states = [State::Closed, State::Open, State::HalfOpen];
        let one_hot = of_states.map(|other| u8::from(other == state).to_string());
        assert_eq!(told("circuit_breaker_state"), one_hot);
        isolation.advance(Duration::from_secs(1));
        seconds[state as usize] += 1;
        let seconds = seconds.map(|seconds| format!("{seconds}.0"));
        assert_eq!(told("circuit_breaker_state_seconds_total"), seconds);
    }
}

/// mcp-proxy 221: with the default window of a hundred calls, nothing opens before the hundredth call.
#[test]
fn with_default_settings_the_fifth_failure_in_a_row_trips() {
    let (breaker, _clock) = owned(Settings::new());
    (0..4).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

#[circuit_breaker(name = "faults/tower_resilience/inner", threshold = 1)]
async fn inner(polled: &Cell<u32>) -> Answer {
    polled.set(polled.get() + 1);
    Ok(1)
}

/// Issue 381: an open circuit polls the inner service before it rejects.
#[test]
fn an_open_breaker_rejects_before_it_runs_anything() {
    let polled = Cell::new(0);
    breaker!("faults/tower_resilience/inner").open();
    assert!(matches!(now(inner(&polled)), Err(Fault::Refused(_))));
    assert_eq!(polled.get(), 0);
}

/// Issues 382, 407: places of half-open are not taken in one step, and not given back when a call is cancelled.
#[test]
fn places_are_taken_in_one_step_and_come_back_when_calls_are_cancelled() {
    let (breaker, _clock) = probeable(FRAGILE.probes(3).success_threshold(3));
    for _ in 0..20 {
        assert_eq!(let_in_at_once(&breaker, 8), 3);
        cancel(breaker.call_async(pending::<Answer>()));
    }
    let all: Vec<Permit<'_>> = (0..3).map(|_| permit(&breaker)).collect();
    rejected(&breaker);
    all.into_iter().for_each(Permit::success);
    assert_eq!(breaker.state(), State::Closed);
}

#[circuit_breaker(name = "faults/tower_resilience/slow", threshold = 1, ttl = 60, slow_call = "2s")]
async fn slow(clock: &circuit_runtime::test_util::ManualClock) -> Answer {
    let mut polls = 0;
    poll_fn(|_| {
        polls += 1;
        clock.advance(ms(1_500));
        if polls < 2 { Poll::Pending } else { Poll::Ready(Ok(1)) }
    })
    .await
}

/// Issue 295: time is that of one runtime, which a test cannot stop.
#[test]
fn slow_calls_are_measured_without_a_runtime_and_by_a_tests_clock() {
    let breaker = breaker!("faults/tower_resilience/slow");
    let clock = clock_of(breaker);
    let mut call = Box::pin(slow(&clock));
    assert!(crate::support::poll(call.as_mut()).is_pending());
    let Poll::Ready(answer) = crate::support::poll(call.as_mut()) else { panic!("it waits") };
    assert_eq!(answer.unwrap(), 1, "what it returns is returned");
    assert_eq!((breaker.state(), breaker.snapshot().calls.slow), (State::Open, 1));
}
