//! One breaker per client, per host, per prefix.

use std::convert::Infallible;
use std::sync::Arc;

use circuit_runtime::http::{
    Classify, Guards, HttpCircuitBreakerLayer, HttpStatus, PerHost, Prefixes, Select,
};
use circuit_runtime::test_util::isolate;
use circuit_runtime::{GroupSettings, Rejected, Settings, State, breaker, configure, registry};
use http::{Request, Response};
use integration_tests::now;
use tower::{Layer, Service, service_fn};

type Classifier = dyn Classify<Response<String>, Infallible> + Send + Sync;

/// A service that answers 502 for every host that begins with `down`, behind `layer`; what a request to a URL comes to.
macro_rules! client {
    ($layer:expr) => {{
        let mut service = $layer.layer(service_fn(async |request: Request<()>| {
            let is_down = request.uri().host().is_some_and(|host| host.starts_with("down"));
            let status = if is_down { 502 } else { 200 };
            Ok::<_, Infallible>(
                Response::builder().status(status).body(String::new()).expect("valid"),
            )
        }));
        move |url: &str| {
            let request = Request::get(url).body(()).expect("a URL");
            match now(service.call(request)) {
                Ok(response) => response.status().to_string(),
                Err(error) => Rejected::find_in(&*error).expect("a rejection").name().to_owned(),
            }
        }
    }};
}

#[test]
fn one_breaker_for_a_client_is_one_for_all_hosts() {
    let _test = isolate();
    let mut get = client!(HttpCircuitBreakerLayer::new(breaker!("client", threshold = 1)));
    assert_eq!(get("http://down.example/"), "502 Bad Gateway");
    assert_eq!(get("http://up.example/"), "client");
}

#[test]
fn one_breaker_per_host_has_one_that_is_down_keep_nobody_from_the_others() {
    let _test = isolate();
    let group = registry().group("hosts", GroupSettings::new().each(Settings::new().threshold(1)));
    let mut get = client!(HttpCircuitBreakerLayer::by(PerHost::of(group)));
    assert_eq!(get("http://down.example/"), "502 Bad Gateway");
    assert_eq!(get("http://up.example/"), "200 OK");
    assert_eq!(get("https://DOWN.example:443/other"), "hosts/down.example");
    assert_eq!(
        get("http://down.example:8080/"),
        "502 Bad Gateway",
        "another port, another service"
    );
    assert_eq!(get("/no/host"), "200 OK");
    assert_eq!(group.len(), 3);
}

#[test]
fn the_longest_prefix_decides_and_each_has_its_own_settings() {
    let _test = isolate();
    let hosts = PerHost::of(registry().group("others", GroupSettings::new()));
    let prefixes = Prefixes::new()
        .mount("http://down.example", breaker!("all", threshold = 3))
        .and_then(|all| all.mount("http://down.example/v1", breaker!("v1", threshold = 1)))
        .and_then(|all| all.mount("http://down.example/health", Guards::Nothing))
        .and_then(|all| all.mount("https://", hosts.clone()))
        .unwrap();
    let mut get = client!(HttpCircuitBreakerLayer::by(prefixes));
    assert_eq!(get("http://down.example/v1/users"), "502 Bad Gateway");
    assert_eq!(get("http://down.example/v1/users"), "v1");
    for _ in 0..3 {
        assert_eq!(get("http://down.example/v10"), "502 Bad Gateway");
    }
    assert_eq!(get("http://down.example/"), "all");
    for _ in 0..9 {
        assert_eq!(get("http://down.example/health"), "502 Bad Gateway", "not guarded");
    }
    assert_eq!(get("https://up.example/"), "200 OK");
    assert_eq!(hosts.group().members().len(), 1);
}

#[test]
fn configuration_is_given_once_for_all_clients() {
    let _test = isolate();
    let group = registry().group("hosts", GroupSettings::new());
    let mut one = client!(HttpCircuitBreakerLayer::new(breaker!("payments", ttl = 60)));
    let mut all = client!(HttpCircuitBreakerLayer::by(PerHost::of(group)));
    configure()
        .default_threshold(2)
        .settings("payments", Settings::new().threshold(1))
        .install()
        .unwrap();
    let down = "http://down.example/";
    assert_eq!([one(down), one(down)], ["502 Bad Gateway", "payments"]);
    assert_eq!(
        [all(down), all(down), all(down)],
        ["502 Bad Gateway", "502 Bad Gateway", "hosts/down.example"]
    );
}

#[test]
fn ten_thousand_hosts_leave_as_many_breakers_as_there_may_be_and_every_open_one() {
    let _test = isolate();
    let each = GroupSettings::new().each(Settings::new().threshold(1));
    let group = registry().group("crawler", each);
    let mut get = client!(HttpCircuitBreakerLayer::by(PerHost::of(group)));
    for host in 0..10_000 {
        // One in a hundred is down.
        let name = if host % 100 == 0 { "down" } else { "up" };
        get(&format!("http://{name}{host}.example/"));
    }
    assert_eq!(group.at_most(), 1024);
    assert!(group.len() <= 1024, "{}", group.len());
    for host in (0..10_000).step_by(100) {
        let kept = group.get(&format!("down{host}.example")).expect("kept");
        assert_eq!(kept.state(), State::Open);
        assert_eq!(
            get(&format!("http://down{host}.example/")),
            format!("crawler/down{host}.example")
        );
    }
}

#[test]
fn a_request_that_says_no_host_goes_through_none_or_through_the_one_for_these() {
    let _test = isolate();
    let hosts = PerHost::of(registry().group("hosts", GroupSettings::new()));
    let other = breaker!("no host", threshold = 1);
    let mut none = client!(HttpCircuitBreakerLayer::by(hosts.clone()));
    let mut one = client!(HttpCircuitBreakerLayer::by(hosts.clone().or(other)));
    assert_eq!([none("/path"), one("/path")], ["200 OK", "200 OK"]);
    assert_eq!((other.snapshot().calls.success, hosts.group().len()), (1, 0));
}

#[test]
fn selectors_and_classifiers_may_be_shared_and_chosen_at_run_time() {
    let _test = isolate();
    let selector: Arc<dyn Select<Request<()>>> =
        Arc::new(Guards::from(breaker!("shared", threshold = 1)));
    let classifier: Arc<Classifier> = Arc::new(HttpStatus::new());
    let mut get = client!(HttpCircuitBreakerLayer::by(selector).classify(classifier));
    assert_eq!(get("http://down.example/"), "502 Bad Gateway");
    assert_eq!(get("http://up.example/"), "shared");
    assert_eq!(breaker!("shared").last_trip().unwrap().last_failures, ["502 Bad Gateway"]);
}
