//! A client of `hyper` under and over the middleware of `tower`.

use std::future::{Ready, ready};
use std::time::Duration;

use bytes::Bytes;
use circuit_runtime::http::{BoxError, CircuitBreakerLayer, HttpCircuitBreakerLayer, HttpStatus};
use circuit_runtime::{Rejected, Settings, State};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use integration_tests::ms;
use tower::retry::{Policy, RetryLayer};
use tower::timeout::error::Elapsed;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};

use crate::layer::{breaker, breaker_with, calls};
use crate::server::{Server, dead_url};

type Sent = Full<Bytes>;

fn client() -> Client<HttpConnector, Sent> {
    Client::builder(TokioExecutor::new()).build_http()
}

fn get(url: &str) -> Request<Sent> {
    Request::get(url).body(Full::default()).expect("a URL")
}

async fn ask<S, B>(service: &mut S, url: &str) -> Result<u16, S::Error>
where
    S: Service<Request<Sent>, Response = Response<B>>,
{
    Ok(service.ready().await?.call(get(url)).await?.status().as_u16())
}

#[tokio::test]
async fn a_client_of_hyper_goes_through_either_layer() {
    let server = Server::start().await;
    let (breaker, _) = breaker();
    let mut plain = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(breaker.clone()).classify(HttpStatus::new()))
        .service(client());
    let mut http = HttpCircuitBreakerLayer::new(breaker.clone()).layer(client());
    assert_eq!(ask(&mut plain, &server.url("/status/200")).await.unwrap(), 200);
    let response = http.ready().await.unwrap().call(get(&server.url("/status/404"))).await.unwrap();
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "as told");
    assert_eq!(ask(&mut plain, &server.url("/status/500")).await.unwrap(), 500);
    for error in [
        ask(&mut plain, &server.url("/status/200")).await.unwrap_err(),
        ask(&mut http, &server.url("/status/200")).await.unwrap_err(),
    ] {
        assert!(error.is::<Rejected>());
    }
    assert_eq!((calls(&breaker), server.asked()), ([1, 1, 1, 0, 0, 2], 3));
}

#[tokio::test]
async fn a_redirect_that_is_not_followed_is_a_success() {
    let server = Server::start().await;
    let (breaker, _) = breaker();
    let mut service = HttpCircuitBreakerLayer::new(breaker.clone()).layer(client());
    assert_eq!(ask(&mut service, &server.url("/status/302")).await.unwrap(), 302);
    assert_eq!(calls(&breaker), [1, 0, 0, 0, 0, 0]);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_has_failed() {
    let (breaker, _) = breaker();
    let mut service = HttpCircuitBreakerLayer::new(breaker.clone()).layer(client());
    assert!(!ask(&mut service, &dead_url().await).await.unwrap_err().is::<Rejected>());
    assert_eq!(breaker.state(), State::Open);
}

#[tokio::test]
async fn a_body_that_breaks_off_on_the_wire_has_failed_if_it_is_watched() {
    let server = Server::start().await;
    let (breaker, _) = breaker();
    let layer = HttpCircuitBreakerLayer::new(breaker.clone()).watch_bodies();
    let mut service = layer.layer(client());
    let response = service.ready().await.unwrap().call(get(&server.url("/breaks"))).await.unwrap();
    assert_eq!(response.status(), 200);
    response.into_body().collect().await.unwrap_err();
    assert_eq!(breaker.state(), State::Open);
}

#[tokio::test]
async fn retry_after_opens_the_breaker_for_the_time_that_was_asked_for() {
    let server = Server::start().await;
    let (breaker, _) = breaker_with(Settings::new());
    breaker.set_threshold(100).unwrap();
    let heeds = HttpStatus::new().heed_retry_after(Duration::from_secs(20));
    let layer = HttpCircuitBreakerLayer::new(breaker.clone()).classify(heeds);
    let mut service = layer.layer(client());
    assert_eq!(ask(&mut service, &server.url("/wait/7")).await.unwrap(), 503);
    let trip = breaker.last_trip().expect("it has opened");
    assert_eq!(trip.open_for, Duration::from_secs(7));
    assert_eq!(trip.last_failures, ["503 Service Unavailable"]);
}

#[tokio::test]
async fn a_timeout_inside_is_a_failure_and_one_outside_a_cancelled_call() {
    let server = Server::start().await;
    let hangs = server.url("/hangs");
    let (breaker, _) = breaker_with(Settings::new());
    let mut inside = ServiceBuilder::new()
        .layer(HttpCircuitBreakerLayer::new(breaker.clone()))
        .timeout(ms(20))
        .service(client());
    let mut outside = ServiceBuilder::new()
        .timeout(ms(20))
        .layer(HttpCircuitBreakerLayer::new(breaker.clone()))
        .service(client());
    assert!(ask(&mut outside, &hangs).await.unwrap_err().is::<Elapsed>());
    assert_eq!(calls(&breaker), [0, 0, 0, 0, 1, 0]);
    assert!(ask(&mut inside, &hangs).await.unwrap_err().is::<Elapsed>());
    assert_eq!((calls(&breaker), breaker.state()), ([0, 1, 0, 0, 1, 0], State::Open));
}

/// Tries up to four times, but never a call that was rejected.
#[derive(Clone)]
struct Persistent(usize);

impl<B> Policy<Request<Sent>, Response<B>, BoxError> for Persistent {
    type Future = Ready<()>;

    fn retry(
        &mut self,
        _: &mut Request<Sent>,
        result: &mut Result<Response<B>, BoxError>,
    ) -> Option<Ready<()>> {
        let is_final = match result {
            Ok(response) => !response.status().is_server_error(),
            Err(error) => error.is::<Rejected>(),
        };
        if is_final || self.0 == 3 {
            return None;
        }
        self.0 += 1;
        Some(ready(()))
    }

    fn clone_request(&mut self, request: &Request<Sent>) -> Option<Request<Sent>> {
        Some(request.clone())
    }
}

#[tokio::test]
async fn under_a_retry_each_attempt_asks_and_a_rejection_ends_it() {
    let server = Server::start().await;
    let (breaker, _) = breaker_with(Settings::new());
    breaker.set_threshold(3).unwrap();
    let mut service = ServiceBuilder::new()
        .layer(RetryLayer::new(Persistent(0)))
        .layer(HttpCircuitBreakerLayer::new(breaker.clone()))
        .service(client());
    let error = ask(&mut service, &server.url("/status/503")).await.unwrap_err();
    assert!(error.is::<Rejected>());
    assert_eq!((calls(&breaker), server.asked()), ([0, 3, 0, 0, 0, 1], 3));
}

#[tokio::test]
async fn under_a_buffer_a_load_shed_and_a_limit_it_is_what_it_is() {
    let server = Server::start().await;
    let (breaker, _) = breaker();
    let service = ServiceBuilder::new()
        .buffer(8)
        .load_shed()
        .concurrency_limit(2)
        .layer(HttpCircuitBreakerLayer::new(breaker.clone()))
        .service(client());
    let one = |path: &str| ask_clone(service.clone(), server.url(path));
    assert_eq!(one("/status/200").await.unwrap(), 200);
    assert_eq!(one("/status/500").await.unwrap(), 500);
    let rejected = one("/status/200").await.unwrap_err();
    assert_eq!(Rejected::find_in(&*rejected).expect("a rejection").name(), "owned");
    assert_eq!(calls(&breaker), [1, 1, 0, 0, 0, 1]);
}

async fn ask_clone<S, B>(mut service: S, url: String) -> Result<u16, S::Error>
where
    S: Service<Request<Sent>, Response = Response<B>>,
{
    ask(&mut service, &url).await
}
