//! What a scrape gets.

use std::fmt;
use std::panic::resume_unwind;
use std::thread;

use circuit_runtime::metrics::BreakerCollector;
use circuit_runtime::storage::MemoryStorage;
use circuit_runtime::test_util::isolate;
use circuit_runtime::{
    Mode, Rejected, Settings, State, breaker, circuit_breaker, configure, on_event, registry,
};
use integration_tests::{TTL, fail, isolate_in_real_time, ms, permit, succeed};
use prometheus_client::encoding::{prometheus_text, text};

use crate::groups::hosts;
use crate::support::{Stop, registry_with, text_of, value, values, within};

#[circuit_breaker(name = "metrics/never called", threshold = 7)]
#[expect(dead_code, reason = "it is there all the same")]
fn never_called() -> Result<(), Rejected> {
    Ok(())
}

/// How many series a breaker has.
pub(crate) const SERIES: usize = 30;

pub(crate) fn lines_of<'t>(text: &'t str, breaker: &str) -> Vec<&'t str> {
    let of = format!("{{name=\"{breaker}\"");
    text.lines().filter(|line| line.contains(&of)).collect()
}

#[test]
fn a_declared_breaker_is_there_from_the_first_scrape_with_zeros() {
    let _test = isolate();
    let text = text_of(BreakerCollector::new());
    let lines = lines_of(&text, "metrics/never called");
    assert_eq!(lines.len(), SERIES, "{lines:#?}");
    let of = |rest: &str| format!("name=\"metrics/never called\"{rest}");
    for (series, labels, expected) in [
        ("circuit_breaker_state", r#",state="closed""#, 1.0),
        ("circuit_breaker_mode", r#",mode="normal""#, 1.0),
        ("circuit_breaker_sharing", r#",sharing="alone""#, 1.0),
        ("circuit_breaker_threshold", "", 7.0),
    ] {
        assert_eq!(value(&text, series, &of(labels)), Some(expected), "{series}");
    }
    let zeros = lines.iter().filter(|line| line.ends_with(" 0") || line.ends_with(" 0.0"));
    assert_eq!(zeros.count(), SERIES - 4);
}

#[test]
fn every_series_is_on_its_page_and_no_other() {
    let _test = isolate();
    hosts(20);
    let scraped = text_of(BreakerCollector::new());
    let series = scraped.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let mut series: Vec<_> = series.collect();
    let page = include_str!("../../docs/metrics.md").lines();
    let rows = page.filter_map(|line| line.strip_prefix("| `circuit_breaker_")?.split('`').next());
    let mut rows: Vec<_> = rows.map(|rest| format!("circuit_breaker_{rest}")).collect();
    series.sort_unstable();
    rows.sort_unstable();
    assert_eq!(rows, series);
}

#[test]
fn the_documentation_names_the_versions_that_programs_have_to_have() {
    let manifest = include_str!("../../Cargo.toml").replace("{ version = ", "");
    let module = include_str!("../../circuit-runtime/src/observe/metrics/mod.rs");
    let features = include_str!("../../circuit-runtime/src/lib.rs");
    for (name, version) in
        [("prometheus-client", "0.26"), ("metrics", "0.24"), ("opentelemetry", "0.33")]
    {
        assert!(manifest.contains(&format!("\n{name} = \"{version}")), "{name}");
        let named = format!("`{name}` {version}");
        assert!(module.contains(&named) && features.contains(&named), "{named}");
    }
}

#[test]
fn calls_transitions_and_times_are_told_as_they_were() {
    let test = isolate();
    let breaker = breaker!("metrics/story", threshold = 2, ttl = 60, slow_call = 1);
    succeed(breaker);
    permit(breaker).excluded();
    permit(breaker).ignore();
    drop(permit(breaker));
    fail(breaker);
    let slow = permit(breaker);
    test.advance(ms(1_500));
    slow.success();
    assert_eq!(breaker.state(), State::Open);
    assert!(breaker.try_acquire().is_err());
    test.advance(TTL);
    let waiting = text_of(BreakerCollector::new());
    succeed(breaker);
    let scraped = text_of(BreakerCollector::new());
    let of = |series: &str, labels: &str| {
        value(
            &scraped,
            &format!("circuit_breaker_{series}"),
            &format!("name=\"metrics/story\"{labels}"),
        )
    };
    for (outcome, calls) in [
        ("success", 2.0),
        ("failure", 2.0),
        ("excluded", 1.0),
        ("ignored", 1.0),
        ("cancelled", 1.0),
        ("rejected", 1.0),
    ] {
        assert_eq!(of("calls_total", &format!(",outcome=\"{outcome}\"")), Some(calls), "{outcome}");
    }
    assert_eq!(of("slow_calls_total", ""), Some(1.0));
    for (pair, times) in [
        (r#",from="closed",to="open""#, 1.0),
        (r#",from="closed",to="half-open""#, 0.0),
        (r#",from="open",to="half-open""#, 1.0),
        (r#",from="open",to="closed""#, 0.0),
        (r#",from="half-open",to="closed""#, 1.0),
        (r#",from="half-open",to="open""#, 0.0),
    ] {
        assert_eq!(of("transitions_total", pair), Some(times), "{pair}");
    }
    assert_eq!(of("state_seconds_total", r#",state="closed""#), Some(1.5));
    assert_eq!(of("state_seconds_total", r#",state="open""#), Some(60.0));
    assert_eq!(of("state_seconds_total", r#",state="half-open""#), Some(0.0));
    // The `ttl` is over and nobody has called: the next call will be let in, and the seconds go on where they were.
    let half_open = r#"name="metrics/story",state="half-open""#;
    assert_eq!(value(&waiting, "circuit_breaker_state", half_open), Some(1.0));
    assert_eq!(value(&waiting, "circuit_breaker_state_seconds_total", half_open), Some(0.0));
    breaker.set_mode(Mode::ForcedOpen);
    test.advance(TTL);
    let forced = text_of(BreakerCollector::new());
    let is =
        |series, state| value(&forced, series, &format!(r#"name="metrics/story",state="{state}""#));
    assert_eq!(is("circuit_breaker_state", "open"), Some(1.0));
    let seconds = "circuit_breaker_state_seconds_total";
    assert_eq!((is(seconds, "closed"), is(seconds, "open")), (Some(61.5), Some(60.0)));
}

#[test]
fn failures_are_told_beside_what_they_are_compared_with() {
    let _test = isolate();
    let breaker = breaker!("metrics/failing", threshold = 5);
    let told = || {
        let text = text_of(BreakerCollector::new());
        let of = |series| value(&text, series, r#"name="metrics/failing""#).expect("a value");
        let nearness = of("circuit_breaker_trip_nearness_ratio");
        (of("circuit_breaker_failures"), of("circuit_breaker_threshold"), nearness)
    };
    (0..3).for_each(|_| fail(breaker));
    assert_eq!(told(), (3.0, 5.0, 0.6));
    breaker.set_threshold(4).unwrap();
    assert_eq!(told(), (3.0, 4.0, 0.75));
    succeed(breaker);
    assert_eq!(told(), (0.0, 4.0, 0.0));
}

#[test]
fn a_breaker_with_enough_failures_among_too_many_calls_is_not_near_a_trip() {
    let _test = isolate();
    let breaker = breaker!("metrics/rated", threshold = 5, window = 60, failure_rate = 0.5);
    (0..80).for_each(|_| succeed(breaker));
    (0..20).for_each(|_| fail(breaker));
    let text = text_of(BreakerCollector::new());
    let of = |series| value(&text, series, r#"name="metrics/rated""#);
    assert_eq!(of("circuit_breaker_failures"), Some(20.0));
    assert_eq!(of("circuit_breaker_trip_nearness_ratio"), Some(0.4));
}

#[test]
fn modes_and_panics_of_listeners_are_told() {
    let _test = isolate();
    let breaker = breaker!("metrics/modes", threshold = 5);
    let told = |series: &str| {
        let text = text_of(BreakerCollector::new());
        let values = values(&text, series).into_iter();
        let mut ones =
            values.filter(|(labels, value)| labels.contains("metrics/modes") && *value > 0.0);
        let one = ones.next().expect("one").0.to_owned();
        assert_eq!(ones.next(), None);
        one
    };
    for mode in [Mode::Normal, Mode::ForcedOpen, Mode::Disabled, Mode::Shadow] {
        breaker.set_mode(mode);
        let expected = format!(r#"name="metrics/modes",mode="{mode}""#);
        assert_eq!(told("circuit_breaker_mode"), expected);
        let state = breaker.state();
        let expected = format!(r#"name="metrics/modes",state="{state}""#);
        assert_eq!(told("circuit_breaker_state"), expected);
    }
    breaker.add_listener(on_event(|_| resume_unwind(Box::new(()))));
    breaker.set_mode(Mode::Normal);
    assert_eq!(told("circuit_breaker_listener_panics_total"), r#"name="metrics/modes""#);
}

#[test]
fn a_fleet_that_lost_its_storage_is_told() {
    let _test = isolate_in_real_time();
    let storage = MemoryStorage::new();
    configure().storage(storage.clone()).install().unwrap();
    let breaker = breaker!("metrics/fleet", threshold = 5);
    let told = |sharing: &str| {
        let labels = format!(r#"name="metrics/fleet",sharing="{sharing}""#);
        value(&text_of(BreakerCollector::new()), "circuit_breaker_sharing", &labels)
    };
    breaker.sync().wait().unwrap();
    assert_eq!((told("shared"), told("local"), told("alone")), (Some(1.0), Some(0.0), Some(0.0)));
    storage.go_away();
    within(ms(10_000), "local", || (told("local") == Some(1.0)).then_some(()));
    assert_eq!((told("shared"), told("alone")), (Some(0.0), Some(0.0)));
}

#[test]
fn exactly_one_state_is_told_whatever_other_threads_do() {
    let _test = isolate();
    let breaker = breaker!("metrics/flipping", threshold = 1);
    let collector = BreakerCollector::new();
    let stop = Stop::default();
    thread::scope(|scope| {
        let _end = stop.at_the_end();
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.is_told() {
                    breaker.open();
                    breaker.half_open();
                    breaker.close();
                }
            });
        }
        for _ in 0..500 {
            let scraped = text_of(collector);
            let states = values(&scraped, "circuit_breaker_state");
            let states = states.iter().filter(|(labels, _)| labels.contains("metrics/flipping"));
            let mut states: Vec<f64> = states.map(|(_, value)| *value).collect();
            states.sort_unstable_by(f64::total_cmp);
            assert_eq!(states, [0.0, 0.0, 1.0]);
            // From the same reading: it is in the state into which it went once more than out of it.
            let times = |pair: &str| {
                let labels = format!("name=\"metrics/flipping\",{pair}");
                value(&scraped, "circuit_breaker_transitions_total", &labels).expect("a pair")
            };
            let into_open =
                times(r#"from="closed",to="open""#) + times(r#"from="half-open",to="open""#);
            let out_of_open =
                times(r#"from="open",to="closed""#) + times(r#"from="open",to="half-open""#);
            let open =
                value(&scraped, "circuit_breaker_state", r#"name="metrics/flipping",state="open""#);
            assert_eq!(Some(into_open - out_of_open), open);
        }
    });
}

const HARD: &str = "metrics/\"quoted\" back\\slash {}, é";

#[test]
fn a_name_of_any_characters_is_escaped() {
    let _test = isolate();
    registry().get_or_register(HARD, Settings::new()).open();
    let labels = r#"name="metrics/\"quoted\" back\\slash {}, é",state="open""#;
    assert_eq!(
        value(&text_of(BreakerCollector::new()), "circuit_breaker_state", labels),
        Some(1.0)
    );
    let mut openmetrics = String::new();
    text::encode(&mut openmetrics, &registry_with(BreakerCollector::new())).unwrap();
    assert_eq!(value(&openmetrics, "circuit_breaker_state", labels), Some(1.0));
}

#[test]
fn a_collector_reads_the_breakers_of_who_made_it_on_whatever_thread() {
    let outer = isolate();
    breaker!("metrics/isolated", threshold = 5).open();
    let collector = BreakerCollector::new();
    let _inner = isolate();
    let open = r#"name="metrics/isolated",state="open""#;
    let told = |collector| value(&text_of(collector), "circuit_breaker_state", open);
    assert_eq!((told(collector), told(BreakerCollector::new())), (Some(1.0), Some(0.0)));
    let elsewhere = thread::spawn(move || text_of(collector)).join().expect("no panic");
    assert_eq!(value(&elsewhere, "circuit_breaker_state", open), Some(1.0));
    drop(outer);
}

/// Takes so many bytes.
struct Full(usize);

impl fmt::Write for Full {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.checked_sub(text.len()).ok_or(fmt::Error)?;
        Ok(())
    }
}

#[test]
fn where_it_cannot_be_written_it_says_so() {
    let _test = isolate();
    (0..50).for_each(|host| drop(hosts(100).breaker(&host.to_string())));
    let registry = registry_with(BreakerCollector::new());
    let mut all = String::new();
    prometheus_text::encode(&mut all, &registry).unwrap();
    for room in (0..all.len() - 1).step_by(5_000) {
        assert_eq!(prometheus_text::encode(&mut Full(room), &registry), Err(fmt::Error));
        assert_eq!(text::encode(&mut Full(room), &registry), Err(fmt::Error));
    }
}
