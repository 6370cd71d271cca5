//! What operators change, and what nobody else does.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use circuit_runtime::ops::Ops;
use circuit_runtime::test_util::{isolate, record_all};
use circuit_runtime::{EventKind, GroupSettings, Mode, State, breaker, registry};
use integration_tests::ms;
use serde_json::{Value, json};

use crate::support::{TOKEN, get_json, json_of, named, operated, send};

fn request(path: &str, body: &Value) -> Request<Body> {
    Request::post(path)
        .header("host", "ops.internal")
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}

async fn post(router: &Router, path: &str, body: Value) -> (StatusCode, Value) {
    json_of(send(router, request(path, &body)).await).await
}

#[tokio::test]
async fn an_operator_opens_closes_and_probes_and_sets_mode_and_settings() {
    let _isolation = isolate();
    let breaker = named("changed", 4);
    let router = operated();
    let path = "/breakers/changed";
    let (status, whole) = post(&router, path, json!({"action": "open"})).await;
    assert_eq!((status, &whole["state"]), (StatusCode::OK, &json!("open")));
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(post(&router, path, json!({"action": "half-open"})).await.1["state"], "half-open");
    assert_eq!(post(&router, path, json!({"action": "close"})).await.1["state"], "closed");
    post(&router, path, json!({"action": "mode", "mode": "forced-open"})).await;
    assert_eq!(breaker.mode(), Mode::ForcedOpen);
    let settings = json!({"threshold": 9, "ttl": "1m 30s", "window": "10m"});
    let (status, whole) =
        post(&router, path, json!({"action": "settings", "settings": settings})).await;
    assert_eq!((status, &whole["settings"]["ttl"]), (StatusCode::OK, &json!(90.0)));
    assert_eq!(breaker.settings().get_threshold(), 9);
    post(&router, path, json!({"action": "reset-settings"})).await;
    assert_eq!(breaker.settings().get_threshold(), 4);
}

#[tokio::test]
async fn a_member_of_a_group_is_changed_by_its_whole_name() {
    let _isolation = isolate();
    let member = registry().group("changed-hosts", GroupSettings::new()).breaker("example.com");
    let path = "/breakers/changed-hosts%2Fexample.com";
    assert_eq!(post(&operated(), path, json!({"action": "open"})).await.0, StatusCode::OK);
    assert_eq!(member.state(), State::Open);
}

#[tokio::test]
async fn every_change_is_told_with_who_made_it_and_why_and_from_where() {
    let _isolation = isolate();
    named("audited", 1);
    let recorder = record_all();
    let router = operated();
    let body = json!({"action": "open", "reason": "the vendor\nasked for it"});
    let mut asked = request("/breakers/audited", &body);
    asked.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 7], 54321))));
    assert_eq!(send(&router, asked).await.status(), StatusCode::OK);

    let told = recorder.take();
    let Some(EventKind::Operated(operation)) = told.last().map(|event| &event.kind) else {
        panic!("{told:?}")
    };
    assert_eq!((&*operation.operator, &*operation.action), ("alice", "open"));
    assert_eq!(operation.reason.as_deref(), Some("the vendor asked for it"));
    assert_eq!(operation.peer.as_deref(), Some("10.0.0.7"));
    let line =
        r#"circuit breaker "audited": open, by alice from 10.0.0.7: the vendor asked for it"#;
    assert_eq!(told.last().unwrap().to_string(), line);

    let events = get_json(&router, "/events?breaker=audited").await;
    let event = &events["events"][1];
    assert_eq!((&event["event"], &event["operator"]), (&json!("operated"), &json!("alice")));
    assert_eq!(event["text"], line);
    assert!(event["at"].is_string());
}

#[tokio::test]
async fn without_an_operator_nothing_can_be_changed() {
    let _isolation = isolate();
    let breaker = named("read-only", 1);
    let router = Ops::new().router();
    let (status, answer) = post(&router, "/breakers/read-only", json!({"action": "open"})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let error = "nothing can be changed here: no operator has a token (Ops::operator)";
    assert_eq!(answer, json!({ "error": error }));
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test]
async fn without_the_token_nothing_is_changed_and_nothing_told_of_names() {
    let _isolation = isolate();
    let breaker = named("guarded", 1);
    let router = operated();
    for authorization in ["", "Bearer", "Bearer wrong-but-long-enough", "Basic dGhlLXRva2Vu", TOKEN]
    {
        for path in ["/breakers/guarded", "/breakers/guarde"] {
            let mut asked = request(path, &json!({"action": "open"}));
            asked.headers_mut().insert("authorization", authorization.parse().unwrap());
            let response = send(&router, asked).await;
            assert_eq!(
                response.headers()["www-authenticate"],
                r#"Bearer realm="circuit breakers""#
            );
            let (status, answer) = json_of(response).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED);
            let error = "a change needs the token of an operator: `Authorization: Bearer <token>`";
            assert_eq!(answer, json!({ "error": error }));
        }
    }
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test]
async fn a_page_of_another_origin_changes_nothing_even_with_the_token() {
    let _isolation = isolate();
    let breaker = named("same-origin", 1);
    let router = operated();
    let said = [
        (
            "origin",
            "https://evil.example",
            r#"its origin is "https://evil.example", and this is "ops.internal""#,
        ),
        ("origin", "null", r#"its origin is "null", and this is "ops.internal""#),
        ("sec-fetch-site", "cross-site", r#"the browser says that it is "cross-site""#),
        ("sec-fetch-site", "same-site", r#"the browser says that it is "same-site""#),
    ];
    for (header, value, how) in said {
        let mut asked = request("/breakers/same-origin", &json!({"action": "open"}));
        asked.headers_mut().insert(header, value.parse().unwrap());
        let (status, answer) = json_of(send(&router, asked).await).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{header}: {value}");
        let error = format!("a page of another origin may not ask for this: {how}");
        assert_eq!(answer["error"], error);
    }
    assert_eq!(breaker.state(), State::Closed);
    let mut asked = request("/breakers/same-origin", &json!({"action": "open"}));
    asked.headers_mut().insert("origin", "https://ops.internal".parse().unwrap());
    assert_eq!(send(&router, asked).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_cannot_be_done_is_said_and_changes_nothing() {
    let _isolation = isolate();
    let breaker = named("unchanged", 5);
    let before = breaker.settings();
    let router = operated();
    let fault = async |body: Value| {
        let (status, answer) = post(&router, "/breakers/unchanged", body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        answer["error"].as_str().unwrap().to_owned()
    };
    assert_eq!(fault(json!({"action": "opne"})).await, r#"no action "opne"; did you mean "open"?"#);
    assert_eq!(
        fault(json!({"action": "settings", "settings": {"threshold": 0}})).await,
        "`settings`: `threshold` = 0: must be at least 1"
    );
    assert_eq!(
        fault(json!({"action": "settings", "settings": {"max_ttl": 1}})).await,
        r#"circuit breaker "unchanged": `max_ttl` = 1s: must not be shorter than the `ttl` of 60s"#
    );
    assert_eq!((breaker.settings(), breaker.state()), (before, State::Closed));

    let (status, answer) = post(&router, "/breakers/unchangd", json!({"action": "open"})).await;
    assert_eq!((status, &answer["nearest"]), (StatusCode::NOT_FOUND, &json!("unchanged")));

    let mut asked = request("/breakers/unchanged", &json!({"action": "open"}));
    asked.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(send(&router, asked).await.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);

    let long = json!({"action": "open", "reason": "x".repeat(16 * 1024)});
    assert_eq!(post(&router, "/breakers/unchanged", long).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_given_up_and_holds_nothing_meanwhile() {
    let _isolation = isolate();
    let group = registry().group("unended", GroupSettings::new().at_most(1));
    drop(group.breaker("one"));
    let router = operated();
    let body = Body::from_stream(futures_util::stream::pending::<Result<String, std::io::Error>>());
    let mut asked = request("/breakers/unended/one", &json!({}));
    *asked.body_mut() = body;
    let answered = tokio::spawn(async move { send(&router, asked).await });
    tokio::time::sleep(ms(9_000)).await;
    assert!(!answered.is_finished());
    assert_eq!(group.breaker("two").name(), "unended/two", "the first one could be forgotten");
    let (status, answer) = json_of(answered.await.unwrap()).await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(answer["error"], "the body must arrive within 10s");
}

#[tokio::test]
async fn a_service_that_knows_its_names_answers_to_no_other() {
    let _isolation = isolate();
    let breaker = named("hosted", 1);
    let router = Ops::new()
        .operator("alice", TOKEN)
        .unwrap()
        .hosts(["ops.internal", "localhost:3000"])
        .router();
    let body = json!({"action": "open"});
    for host in ["evil.example", "localhost:3001", "", "ops.internal.evil.example"] {
        let mut asked = request("/breakers/hosted", &body);
        asked.headers_mut().insert("host", host.parse().unwrap());
        let (status, answer) = json_of(send(&router, asked).await).await;
        assert_eq!(status, StatusCode::MISDIRECTED_REQUEST, "{host}");
        let error = format!("{host:?} is none of the hosts of this service (Ops::hosts)");
        assert_eq!(answer["error"], error);
    }
    for path in ["/", "/breakers", "/events", "/stream"] {
        let asked = Request::get(path).header("host", "evil.example").body(Body::empty()).unwrap();
        assert_eq!(send(&router, asked).await.status(), StatusCode::MISDIRECTED_REQUEST);
    }
    assert_eq!(breaker.state(), State::Closed);
    for host in ["ops.internal", "OPS.internal:8443", "localhost:3000"] {
        let mut asked = request("/breakers/hosted", &body);
        asked.headers_mut().insert("host", host.parse().unwrap());
        assert_eq!(send(&router, asked).await.status(), StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn a_router_below_a_path_with_parameters_finds_the_breaker() {
    let _isolation = isolate();
    let breaker = named("nested", 1);
    let around = [
        Router::new().nest("/{tenant}/ops", operated()),
        Router::new().nest_service("/{tenant}/ops", operated()),
        Router::new().merge(operated()).route("/other/{id}", axum::routing::get(|| async {})),
    ];
    for (router, path) in around.iter().zip(["/acme/ops", "/acme/ops", ""]) {
        breaker.close();
        let path = format!("{path}/breakers/nested");
        let (status, answer) = post(router, &path, json!({"action": "open"})).await;
        assert_eq!((status, breaker.state()), (StatusCode::OK, State::Open), "{answer}");
        assert_eq!(get_json(router, &path).await["name"], "nested");
    }
}

#[tokio::test]
async fn declarations_that_contradict_each_other_are_said_and_panic_nobody() {
    let _isolation = isolate();
    let _ = || {
        breaker!("ops/contradicted", threshold = 1);
        breaker!("ops/contradicted", threshold = 2);
    };
    let router = operated();
    let (status, answer) =
        post(&router, "/breakers/ops/contradicted", json!({"action": "open"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let error = answer["error"].as_str().unwrap();
    assert!(error.contains("declared twice with different `threshold`"), "{error}");
}

#[test]
fn a_token_is_printed_nowhere() {
    let _isolation = isolate();
    let ops = Ops::new().operator("alice", TOKEN).unwrap();
    assert!(!format!("{ops:?}").contains(TOKEN), "{ops:?}");
    assert!(!format!("{:?}", ops.operator("bob", TOKEN).unwrap_err()).contains(TOKEN));
}
