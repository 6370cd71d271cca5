//! Each query of the dashboard and of the alerts is answered with data.

use std::fs;
use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;

use circuit_runtime::metrics::BreakerCollector;
use circuit_runtime::storage::{Fleet, MemoryStorage};
use circuit_runtime::{
    CircuitBreaker, GroupSettings, Mode, breaker, configure, on_event, registry,
};
use integration_tests::prometheus_server::PrometheusServer;
use integration_tests::{fail, isolate_in_real_time, ms};
use serde_json::Value;

use crate::endpoint::Endpoint;
use crate::scrapes::answer;
use crate::support::{Stop, registry_with, within};

fn dashboard() -> Value {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../grafana/circuit.json");
    serde_json::from_str(&fs::read_to_string(file).expect("readable")).expect("JSON")
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    value[key].as_array().into_iter().flatten()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"))
}

/// What Grafana makes of a query, with everything selected.
fn substituted(query: &str) -> String {
    let query =
        query.replace("$__rate_interval", "3s").replace("$job", ".+").replace("$name", ".+");
    assert!(!query.contains('$'), "{query}");
    query
}

/// Of each panel's queries and those of the annotations, with what they are for.
fn queries(dashboard: &Value) -> Vec<(String, String)> {
    let mut queries = Vec::new();
    for panel in list(dashboard, "panels") {
        let title = text(panel, "title");
        for target in list(panel, "targets") {
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{title}");
            let (query, legend) = (text(target, "expr"), text(target, "legendFormat"));
            // Two services may have a breaker of the same name each.
            let is_by_name = legend.contains("{{name}}") || legend.contains("{{group}}");
            let is_by_job = legend.contains("{{job}}") && !query.contains("by (name");
            assert_eq!(is_by_name, is_by_job && query.contains("by (job, "), "{title}: {query}");
            queries.push((title.to_owned(), substituted(query)));
        }
    }
    for annotation in list(&dashboard["annotations"], "list").filter(|a| a["expr"].is_string()) {
        queries.push((text(annotation, "name").to_owned(), substituted(text(annotation, "expr"))));
    }
    queries
}

/// A breaker in each situation that a panel is about, and calls until `stop`.
fn make_a_day(stop: &Stop) {
    let steady = breaker!("dashboard/steady", threshold = 100, slow_call = "1ms");
    let flapping =
        breaker!("dashboard/flapping", threshold = 1, ttl = "1ms", success_threshold = 1);
    let down = breaker!("dashboard/down", threshold = 1, ttl = 3600);
    let call = |breaker: &CircuitBreaker, works: bool| {
        if let Ok(permit) = breaker.try_acquire() {
            if works { permit.success() } else { permit.failure(&"down") }
        }
    };
    for turn in 0_u32.. {
        if stop.is_told() {
            return;
        }
        call(steady, turn % 5 != 0);
        call(flapping, turn % 4 > 1);
        call(down, false);
        call(
            &registry().group("dashboard/hosts", GroupSettings::new()).breaker("c.example.com"),
            true,
        );
        if let Ok(slow) = steady.try_acquire() {
            thread::sleep(ms(2));
            slow.success();
        }
    }
}

#[test]
fn every_query_of_the_dashboard_is_answered() {
    let isolation = isolate_in_real_time();
    let storage = MemoryStorage::new();
    let shared = Fleet::over(storage.clone()).only(["dashboard/fleet"]);
    configure().fleet(shared).install().unwrap();
    breaker!("dashboard/fleet", threshold = 5).sync().wait().unwrap();
    storage.go_away();
    breaker!("dashboard/shadow", threshold = 5).set_mode(Mode::Shadow);
    let heard = breaker!("dashboard/heard", threshold = 5);
    heard.add_listener(on_event(|_| resume_unwind(Box::new(()))));
    let hosts = registry().group("dashboard/hosts", GroupSettings::new().at_most(2));
    hosts.breaker("a.example.com").open();
    hosts.breaker("b.example.com").open();
    breaker!("dashboard/probed", threshold = 5).half_open();
    let near = breaker!("dashboard/near", threshold = 4);
    (0..3).for_each(|_| fail(near));
    let endpoint = Endpoint::serving(registry_with(BreakerCollector::new()));
    let server = PrometheusServer::scraping(&[("shop", endpoint.address(), "/metrics")]);

    let stop = Stop::default();
    let handle = isolation.handle();
    thread::scope(|scope| {
        let _end = stop.at_the_end();
        scope.spawn(|| handle.run(|| make_a_day(&stop)));
        scope.spawn(|| {
            while !stop.is_told() {
                drop(heard.try_acquire().map(circuit_runtime::Permit::success));
                thread::sleep(ms(100));
            }
        });
        let queries = queries(&dashboard());
        assert!(queries.len() > 20, "{queries:?}");
        for (title, query) in &queries {
            let answers = within(Duration::from_secs(20), &format!("{title}: {query}"), || {
                let answers = answer(&server, query);
                let is_answered = answers.iter().all(|(_, value)| value.is_finite());
                (is_answered && !answers.is_empty()).then_some(answers)
            });
            println!("{title}\n  {query}");
            for (labels, value) in &answers {
                println!("    {labels} {value:.3}");
            }
        }
        for (query, least) in [
            (r#"sum(circuit_breaker_state{state="open"})"#, 2.0),
            (r#"sum(circuit_breaker_state{state="half-open"})"#, 1.0),
            (r#"sum(circuit_breaker_sharing{sharing="local"})"#, 1.0),
            (r#"sum(circuit_breaker_mode{mode="shadow"})"#, 1.0),
            (
                r#"sum(increase(circuit_breaker_transitions_total{from="half-open",to="open"}[1h]))"#,
                1.0,
            ),
            ("max(circuit_breaker_trip_nearness_ratio)", 0.75),
            ("sum(increase(circuit_breaker_listener_panics_total[1h]))", 1.0),
            ("sum(rate(circuit_breaker_slow_calls_total[3s]))", 1.0),
            ("sum(rate(circuit_breaker_group_overflow_calls_total[3s]))", 1.0),
        ] {
            within(Duration::from_secs(20), query, || {
                (answer(&server, query).first()?.1 >= least).then_some(())
            });
        }
        for variable in list(&dashboard()["templating"], "list") {
            if let Some((series, label)) = label_values(variable) {
                let values: Value =
                    serde_json::from_str(&server.label_values(&label, &series)).unwrap();
                println!("{series}, {label}\n    {}", values["data"]);
                assert!(list(&values, "data").next().is_some(), "{variable}: {values}");
            }
        }
    });
}

/// What Grafana asks for where a variable says `label_values(series, label)`.
fn label_values(variable: &Value) -> Option<(String, String)> {
    let query = variable["query"]["query"].as_str()?.strip_prefix("label_values(")?;
    let (series, label) = query.strip_suffix(')')?.rsplit_once(", ")?;
    Some((substituted(series), label.to_owned()))
}

#[test]
fn the_dashboard_can_be_imported_as_it_is() {
    let dashboard = dashboard();
    assert_eq!(dashboard["id"], Value::Null, "it is given one");
    assert!(dashboard["__inputs"].is_null(), "nothing is to be filled in");
    assert!(dashboard["schemaVersion"].as_u64().is_some_and(|version| version >= 39));
    let variables = list(&dashboard["templating"], "list");
    let names: Vec<_> = variables.map(|variable| text(variable, "name")).collect();
    assert_eq!(names, ["datasource", "job", "name"]);
    let mut ids: Vec<_> = list(&dashboard, "panels").map(|panel| panel["id"].as_u64()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    for annotation in list(&dashboard["annotations"], "list").filter(|a| a["expr"].is_string()) {
        // Not `"false"`: a text is true, and then the value is taken for the time.
        assert_eq!(annotation["useValueForTime"], Value::Bool(false), "{annotation}");
        assert_eq!(annotation["step"], "60s", "{annotation}");
    }
    // Of the 24 columns that there are, none is taken twice.
    let mut taken = std::collections::BTreeSet::new();
    for panel in list(&dashboard, "panels") {
        let at = |key: &str| panel["gridPos"][key].as_u64().expect("a number");
        for (x, y) in (0..at("w")).flat_map(|x| (0..at("h")).map(move |y| (x, y))) {
            assert!(at("x") + x < 24 && taken.insert((at("x") + x, at("y") + y)), "{panel}");
        }
    }
}
