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

use crate::answers::{Answers, OF_ANNOTATIONS, are_as_expected, of_panel};
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

struct Query {
    title: String,
    text: String,
    expected: Answers,
}

/// Those of the panels and those of the annotations.
fn queries(dashboard: &Value) -> Vec<Query> {
    let mut queries = Vec::new();
    for panel in list(dashboard, "panels") {
        for target in list(panel, "targets") {
            let expected = of_panel(panel["id"].as_u64().expect("a number"));
            let text = substituted(text(target, "expr"));
            queries.push(Query { title: title(panel), text, expected });
        }
    }
    for annotation in annotations(dashboard) {
        let text = substituted(text(annotation, "expr"));
        queries.push(Query { title: "annotation".to_owned(), text, expected: OF_ANNOTATIONS });
    }
    queries
}

fn title(panel: &Value) -> String {
    text(panel, "title").to_owned()
}

/// But for Grafana's own.
fn annotations(dashboard: &Value) -> impl Iterator<Item = &Value> {
    list(&dashboard["annotations"], "list").filter(|annotation| annotation["expr"].is_string())
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
        assert!(queries.len() > 20);
        for Query { title, text, expected } in queries {
            let answers = within(Duration::from_secs(20), &format!("{title}: {text}"), || {
                let answers = answer(&server, &text);
                let is_expected = are_as_expected(&answers, expected);
                if !is_expected {
                    println!("not yet: {answers:?}");
                }
                is_expected.then_some(answers)
            });
            println!("{title}\n  {text}");
            for (labels, value) in &answers {
                println!("    {labels} {value:.3}");
            }
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
    for annotation in annotations(&dashboard) {
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

#[test]
fn each_panel_asks_for_what_it_shows() {
    let dashboard = dashboard();
    for panel in list(&dashboard, "panels") {
        let shows_one_moment = matches!(text(panel, "type"), "stat" | "table");
        for target in list(panel, "targets") {
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{panel}");
            assert_eq!(target["instant"], shows_one_moment, "{panel}");
            assert_eq!(target["range"], !shows_one_moment, "{panel}");
            // Two services may have a breaker of the same name each.
            let (query, legend) = (text(target, "expr"), text(target, "legendFormat"));
            let is_by_name = legend.contains("{{name}}") || legend.contains("{{group}}");
            let is_by_job = legend.contains("{{job}}") && query.contains("by (job, ");
            assert_eq!(is_by_name, is_by_job, "{panel}");
            assert!(!query.contains("by (name)") && !query.contains("by (group"), "{panel}");
        }
    }
}
