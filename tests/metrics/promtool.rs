//! What `promtool` says of the texts.

use std::io::Write;
use std::process::{Command, Stdio};

use circuit_runtime::metrics::{BreakerCollector, BreakerReporter};
use circuit_runtime::test_util::isolate;
use circuit_runtime::{GroupSettings, breaker, registry};
use metrics_exporter_prometheus::PrometheusBuilder;
use prometheus_client::encoding::text;

use crate::support::{registry_with, text_of};

/// What it says, and whether it has nothing against the text.
fn checked(text: &str) -> (String, bool) {
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool, of the Debian package prometheus");
    let mut stdin = promtool.stdin.take().expect("a pipe");
    stdin.write_all(text.as_bytes()).expect("written");
    drop(stdin);
    let output = promtool.wait_with_output().expect("its answer");
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8(said).expect("a text"), output.status.success())
}

fn make_some() {
    breaker!("metrics/promtool", threshold = 3).open();
    breaker!("metrics/promtool \"quoted\" \\ back", threshold = 3);
    registry().group("metrics/hosts", GroupSettings::new()).breaker("example.com");
}

#[test]
fn it_has_nothing_to_say_of_what_a_scrape_gets() {
    let _test = isolate();
    make_some();
    let text = text_of(BreakerCollector::new());
    assert_eq!(checked(&text), (String::new(), true), "{text}");
}

#[test]
fn it_has_nothing_to_say_of_what_the_facade_renders() {
    let _test = isolate();
    make_some();
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || BreakerReporter::new().report());
    let text = recorder.handle().render();
    assert_eq!(checked(&text), (String::new(), true), "{text}");
}

/// It reads the older text alone, in which the help of a counter belongs to the name with `_total`; so it misses that of every
/// counter, and says nothing else.
#[test]
fn of_openmetrics_it_misses_the_help_of_counters_and_says_nothing_else() {
    let _test = isolate();
    make_some();
    let mut text = String::new();
    text::encode(&mut text, &registry_with(BreakerCollector::new())).unwrap();
    assert!(text.ends_with("# EOF\n"));
    let (said, _) = checked(&text);
    let counters = [
        "calls",
        "group_overflow_calls",
        "group_trips",
        "listener_panics",
        "slow_calls",
        "state_seconds",
        "transitions",
    ];
    let missed = counters.map(|name| format!("circuit_breaker_{name}_total no help text"));
    assert_eq!(said.lines().collect::<Vec<_>>(), missed);
}
