//! A router, and requests to it.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use circuit_runtime::ops::Ops;
use circuit_runtime::{CircuitBreaker, Settings, breaker, registry};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// The breakers that this program declares: they are on every page of it.
pub(crate) fn declared() -> [&'static CircuitBreaker; 4] {
    [
        breaker!("payments", threshold = 5, ttl = 60),
        breaker!("search", failure_rate = 0.5, threshold = 10, window = 10),
        breaker!("mail", threshold = 3, ttl = 30, max_ttl = "5m"),
        breaker!("inventory", threshold = 5),
    ]
}

/// A breaker that a test has beside these.
pub(crate) fn named(name: &str, threshold: u32) -> &'static CircuitBreaker {
    registry().get_or_register(name, Settings::new().threshold(threshold))
}

pub(crate) const TOKEN: &str = "the-token-of-the-tests";

/// A router whose operator is `alice`.
pub(crate) fn operated() -> Router {
    Ops::new().operator("alice", TOKEN).unwrap().router()
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().oneshot(request).await.unwrap()
}

pub(crate) async fn get(router: &Router, path: &str) -> Response<Body> {
    send(router, Request::get(path).body(Body::empty()).unwrap()).await
}

/// What is answered to `GET`, which is JSON.
pub(crate) async fn get_json(router: &Router, path: &str) -> Value {
    let (status, json) = json_of(get(router, path).await).await;
    assert_eq!(status, StatusCode::OK, "{json}");
    json
}

pub(crate) async fn json_of(response: Response<Body>) -> (StatusCode, Value) {
    let status = response.status();
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

pub(crate) async fn text_of(response: Response<Body>) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}
