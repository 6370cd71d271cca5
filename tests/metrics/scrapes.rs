//! A real Prometheus scrapes, and answers.

use std::time::Duration;

use circuit_runtime::metrics::BreakerCollector;
use circuit_runtime::test_util::isolate;
use circuit_runtime::{Settings, State, breaker, registry};
use integration_tests::prometheus_server::PrometheusServer;
use integration_tests::{TTL, fail, succeed};
use serde_json::Value;

use crate::endpoint::Endpoint;
use crate::support::{registry_with, within};

const SOON: Duration = Duration::from_secs(20);

/// The values that it answers with, each with its labels.
pub(crate) fn answer(server: &PrometheusServer, query: &str) -> Vec<(Value, f64)> {
    let answer = server.query(query);
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["status"], "success", "{query}: {answer}");
    let results = answer["data"]["result"].as_array().expect("a list").iter();
    let values = results.map(|result| {
        let value = result["value"][1].as_str().expect("a number as a text");
        (result["metric"].clone(), value.parse().expect("a number"))
    });
    values.collect()
}

/// The only value that it answers with, as soon as it does: a scrape that comes too late leaves it without one until the next.
fn one(server: &PrometheusServer, query: &str) -> f64 {
    within(SOON, query, || match answer(server, query).as_slice() {
        [] => None,
        [(_, value)] => Some(*value),
        several => panic!("{query}: {several:?}"),
    })
}

#[test]
fn a_prometheus_has_what_breakers_did_in_either_text() {
    let test = isolate();
    let breaker = breaker!("metrics/scraped", threshold = 2, ttl = 60);
    registry().get_or_register("metrics/\"hard\" back\\slash", Settings::new()).open();
    let endpoint = Endpoint::serving(registry_with(BreakerCollector::new()));
    let address = endpoint.address();
    let jobs = [("text", address, "/metrics"), ("openmetrics", address, "/openmetrics")];
    let server = PrometheusServer::scraping(&jobs);
    let closed = r#"circuit_breaker_state{name="metrics/scraped",state="closed"}"#;
    within(SOON, "both jobs scraped", || (answer(&server, closed).len() == 2).then_some(()));

    // It opens, is half-open and closes again, and nobody looks while it does.
    let scrapes = endpoint.scrapes();
    for kind in ["application/openmetrics-text;version=1.0.0", "text/plain;version=0.0.4"] {
        assert!(scrapes.accepted.contains(kind), "{}", scrapes.accepted);
    }
    let so_far = (scrapes.of_metrics, scrapes.of_openmetrics);
    succeed(breaker);
    (0..2).for_each(|_| fail(breaker));
    assert!(breaker.try_acquire().is_err());
    test.advance(TTL);
    succeed(breaker);
    assert_eq!(breaker.state(), State::Closed);
    drop(scrapes);
    within(SOON, "three more scrapes of each", || {
        let scrapes = endpoint.scrapes();
        let more = scrapes.of_metrics > so_far.0 + 2 && scrapes.of_openmetrics > so_far.1 + 2;
        more.then_some(())
    });

    for job in ["text", "openmetrics"] {
        let of = |series: &str, labels: &str| {
            format!(r#"{series}{{job="{job}",name="metrics/scraped",{labels}}}"#)
        };
        let is = |series: &str, labels: &str, value: f64| {
            let query = format!("{} == {value}", of(series, labels));
            one(&server, &query);
        };
        is("circuit_breaker_state", r#"state="closed""#, 1.0);
        let ever_open = of("circuit_breaker_state", r#"state="open""#);
        let ever_open = one(&server, &format!("max_over_time({ever_open}[5m])"));
        assert!(ever_open < 1.0, "no scrape has seen it open");
        let opened = r#"from="closed",to="open""#;
        is("circuit_breaker_transitions_total", opened, 1.0);
        // It began with a zero, so what happened once is an increase.
        let trips = of("circuit_breaker_transitions_total", opened);
        assert!(one(&server, &format!("increase({trips}[5m])")) >= 1.0);
        is("circuit_breaker_state_seconds_total", r#"state="open""#, 60.0);
        is("circuit_breaker_calls_total", r#"outcome="success""#, 2.0);
        is("circuit_breaker_calls_total", r#"outcome="failure""#, 2.0);
        is("circuit_breaker_calls_total", r#"outcome="rejected""#, 1.0);
        let one_state = format!(r#"sum by (name) (circuit_breaker_state{{job="{job}"}}) != 1"#);
        assert_eq!(answer(&server, &one_state), []);
        let hard = format!(r#"circuit_breaker_state{{job="{job}",name=~".*hard.*",state="open"}}"#);
        let hard = within(SOON, &hard, || answer(&server, &hard).pop());
        assert_eq!(hard.0["name"], r#"metrics/"hard" back\slash"#);
    }
    // It took either text for what it is: in the older one, a counter is described under its whole name and has no unit.
    let described = |name: &str| {
        let metadata = server.get(&format!("/api/v1/metadata?metric={name}"));
        let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
        let of = |key: &str| metadata["data"][name][0][key].as_str().map(str::to_owned);
        (of("type"), of("unit"))
    };
    let as_told = |kind: &str, unit: &str| (Some(kind.to_owned()), Some(unit.to_owned()));
    assert_eq!(described("circuit_breaker_state_seconds"), as_told("counter", "seconds"));
    assert_eq!(described("circuit_breaker_state_seconds_total"), as_told("counter", ""));
    assert_eq!(described("circuit_breaker_state"), as_told("gauge", ""));
}

/// What the dashboard asks for, of the last hour.
fn trips_of(name: &str) -> String {
    let trips =
        format!(r#"circuit_breaker_transitions_total{{name="{name}",from="closed",to="open"}}"#);
    format!("({trips} unless last_over_time({trips}[1h] offset 1h)) or increase({trips}[1h])")
}

#[test]
fn a_trip_before_the_first_scrape_is_found() {
    let _test = isolate();
    fail(breaker!("metrics/down when it came up", threshold = 1));
    let endpoint = Endpoint::serving(registry_with(BreakerCollector::new()));
    let server = PrometheusServer::scraping(&[("shop", endpoint.address(), "/metrics")]);
    let trips = trips_of("metrics/down when it came up");
    assert!((one(&server, &trips) - 1.0).abs() < 0.1);
    let increase = r#"increase(circuit_breaker_transitions_total{name="metrics/down when it came up",from="closed",to="open"}[1h])"#;
    assert!(one(&server, increase) < 0.1, "the reason for it");
}
