//! A response in place of an error.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use axum::routing::get;
use circuit_runtime::http::{HttpCircuitBreakerLayer, RejectedResponse};
use circuit_runtime::{CircuitBreaker, Mode, Rejected, Settings};
use http_body_util::BodyExt;
use integration_tests::now;
use serde_json::{Value, json};
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::layer::{breaker, calls};

fn body(response: Response<impl http_body::Body<Error: std::fmt::Debug>>) -> Value {
    let collected = now(response.into_body().collect()).expect("a body");
    serde_json::from_slice(&collected.to_bytes()).expect("JSON")
}

#[test]
fn a_rejected_request_is_answered_with_a_response_that_says_so() {
    let (breaker, _) = breaker();
    breaker.open();
    let answers = [
        (RejectedResponse::new(), 503),
        (RejectedResponse::new().status(StatusCode::INTERNAL_SERVER_ERROR), 500),
    ];
    for (answer, status) in answers {
        let layer = HttpCircuitBreakerLayer::new(breaker.clone()).answer_rejected(answer);
        let mut service = layer.layer(service_fn(async |_: Request<()>| {
            Ok::<_, Infallible>(Response::new(String::from("made")))
        }));
        let response: Result<_, Infallible> = now(service.call(Request::new(())));
        let Ok(response) = response;
        assert_eq!(response.status(), status);
        let header = |name| response.headers()[name].to_str().expect("a text");
        assert_eq!(["x-circuit-breaker", "content-type"].map(header), ["open", "application/json"]);
        assert_eq!(header("retry-after"), "60");
        let expected = json!({
            "error": "circuit breaker \"owned\" is open, retry in 60.0s",
            "breaker": "owned",
            "state": "open",
            "retry_after": 60.0,
        });
        assert_eq!(body(response), expected);
    }
    assert_eq!(calls(&breaker), [0, 0, 0, 0, 0, 2]);
}

#[test]
fn a_response_of_the_service_passes_unchanged() {
    let (breaker, _) = breaker();
    let layer =
        HttpCircuitBreakerLayer::new(breaker.clone()).answer_rejected(RejectedResponse::new());
    let mut service = layer.layer(service_fn(async |_: Request<()>| {
        let response = Response::builder().status(404).header("x-own", "1");
        Ok::<_, Infallible>(response.body(String::from("\"made\"")).expect("valid"))
    }));
    let Ok(response) = now(service.call(Request::new(())));
    assert_eq!((response.status(), response.headers().len()), (StatusCode::NOT_FOUND, 1));
    assert_eq!(body(response), json!("made"));
    assert_eq!(calls(&breaker), [0, 0, 1, 0, 0, 0]);
}

#[test]
fn a_server_answers_for_what_lies_behind_it() {
    let (breaker, _) = breaker();
    let layer =
        HttpCircuitBreakerLayer::new(breaker.clone()).answer_rejected(RejectedResponse::new());
    // Axum's services do not fail, and with an answer this one does not either.
    let router = Router::new()
        .route("/", get(async || (StatusCode::BAD_GATEWAY, "the one behind is down")))
        .layer(layer);
    let ask = || {
        let request = Request::get("/").body(Body::empty()).expect("valid");
        let Ok(response) = now(router.clone().oneshot(request));
        response.status().as_u16()
    };
    assert_eq!([ask(), ask()], [502, 503]);
}

#[test]
fn the_answer_of_a_breaker_further_in_counts_as_nothing() {
    let ((outer, _), (inner, _)) = (breaker(), breaker());
    inner.open();
    let service =
        service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(String::new())));
    let answer = |of| HttpCircuitBreakerLayer::new(of).answer_rejected(RejectedResponse::new());
    let mut service = answer(outer.clone()).layer(answer(inner).layer(service));
    let Ok(response) = now(service.call(Request::new(())));
    assert_eq!(response.extensions().get::<Rejected>().expect("the rejection").name(), "owned");
    assert_eq!((response.status().as_u16(), calls(&outer)), (503, [0, 0, 0, 1, 0, 0]));
}

#[test]
fn one_that_is_forced_open_says_no_time() {
    let breaker = CircuitBreaker::new("forced", Settings::new()).unwrap();
    breaker.set_mode(Mode::ForcedOpen);
    let rejected = breaker.try_acquire().unwrap_err();
    let response = RejectedResponse::new().to::<String>(&rejected);
    assert!(!response.headers().contains_key("retry-after"));
    let body: Value = serde_json::from_str(response.body()).expect("JSON");
    assert_eq!(body["retry_after"], Value::Null);
}
