//! The facade's recorder has the same numbers.

use circuit_runtime::metrics::{BreakerCollector, BreakerReporter};
use circuit_runtime::test_util::{Isolation, isolate};
use circuit_runtime::{GroupSettings, Settings, breaker, registry};
use integration_tests::{TTL, fail, ms, succeed};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

use crate::support::{text_of, value, values};

/// Two breakers and a group, with whole seconds.
pub(crate) fn make_a_story() -> Isolation {
    let test = isolate();
    let breaker = breaker!("metrics/told", threshold = 2, ttl = 60);
    succeed(breaker);
    (0..2).for_each(|_| fail(breaker));
    assert!(breaker.try_acquire().is_err());
    test.advance(TTL);
    succeed(breaker);
    fail(breaker);
    let hosts = registry().group("metrics/told hosts", GroupSettings::new().at_most(16));
    hosts.breaker("a.example.com").open();
    test.advance(ms(3_000));
    test
}

/// Every sample of a text, without what is said about them, in an order of their own.
fn samples(text: &str) -> Vec<(String, f64)> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let samples = lines.map(|line| {
        let (series, value) = line.rsplit_once(' ').expect("a series and a value");
        (series.to_owned(), value.parse().expect("a number"))
    });
    let mut samples: Vec<_> = samples.collect();
    samples.sort_by(|one, other| one.0.cmp(&other.0));
    samples
}

fn report(recorder: &PrometheusRecorder, reporter: BreakerReporter) -> String {
    metrics::with_local_recorder(recorder, || reporter.report());
    recorder.handle().render()
}

#[test]
fn a_recorder_renders_what_a_scrape_gets() {
    let _test = make_a_story();
    let recorder = PrometheusBuilder::new().build_recorder();
    let rendered = report(&recorder, BreakerReporter::new());
    assert_eq!(samples(&rendered), samples(&text_of(BreakerCollector::new())));
    let of_group = report(
        &PrometheusBuilder::new().build_recorder(),
        BreakerReporter::new().without_members(),
    );
    assert!(!of_group.contains("example.com"));
    assert_eq!(samples(&of_group), samples(&text_of(BreakerCollector::new().without_members())));
}

#[test]
fn each_report_sets_what_the_last_one_said() {
    let test = make_a_story();
    let recorder = PrometheusBuilder::new().build_recorder();
    let reporter = BreakerReporter::new();
    report(&recorder, reporter);
    breaker!("metrics/told").open();
    test.advance(ms(1_900));
    let rendered = report(&recorder, reporter);
    let of =
        |series, labels: &str| value(&rendered, series, &format!("name=\"metrics/told\",{labels}"));
    assert_eq!(of("circuit_breaker_state", r#"state="open""#), Some(1.0));
    assert_eq!(of("circuit_breaker_state", r#"state="closed""#), Some(0.0));
    // Whole seconds alone.
    assert_eq!(of("circuit_breaker_state_seconds_total", r#"state="open""#), Some(61.0));
}

#[test]
fn a_recorder_keeps_what_it_was_told_of_members_that_are_forgotten() {
    let _test = isolate();
    let settings = GroupSettings::new().each(Settings::new().threshold(5)).at_most(1);
    let hosts = registry().group("metrics/told hosts", settings);
    let recorder = PrometheusBuilder::new().build_recorder();
    hosts.breaker("a");
    report(&recorder, BreakerReporter::new());
    hosts.breaker("b");
    assert!(hosts.get("a").is_none());
    let rendered = report(&recorder, BreakerReporter::new());
    let closed = values(&rendered, "circuit_breaker_state");
    let closed = closed.iter().filter(|(labels, value)| labels.contains("hosts/") && *value > 0.0);
    assert_eq!(closed.count(), 2);
}
