//! A client of `reqwest`.

use std::time::Duration;

use circuit_runtime::http::{
    CircuitBreakerMiddleware, HttpStatus, PerHost, Prefixes, RejectedResponse, Select, Verdict,
};
use circuit_runtime::test_util::isolate;
use circuit_runtime::{GroupSettings, Rejected, Rule, Settings, State, breaker, registry};
use integration_tests::ms;
use reqwest::{Client, Request, Response, StatusCode};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Middleware, Next};

use crate::layer::{breaker as owned, breaker_with, calls};
use crate::server::{Server, dead_url};

fn with<L>(middleware: CircuitBreakerMiddleware<L>) -> ClientWithMiddleware
where
    L: Select<Request> + Send + Sync + 'static,
{
    ClientBuilder::new(Client::new()).with(middleware).build()
}

async fn ask(client: &ClientWithMiddleware, url: String) -> Result<u16, Error> {
    Ok(client.get(url).send().await?.status().as_u16())
}

#[tokio::test]
async fn statuses_and_errors_count_as_they_should() {
    let server = Server::start().await;
    let (breaker, _) = breaker_with(Settings::new());
    breaker.set_threshold(100).unwrap();
    let client = with(CircuitBreakerMiddleware::new(breaker.clone()));
    for (status, seen) in [(200, 200), (302, 200), (404, 404), (429, 429), (500, 500), (503, 503)] {
        assert_eq!(ask(&client, server.url(&format!("/status/{status}"))).await.unwrap(), seen);
    }
    assert_eq!(calls(&breaker), [2, 2, 2, 0, 0, 0]);
    assert!(ask(&client, dead_url().await).await.unwrap_err().is_connect());
    let hangs = client.get(server.url("/hangs")).timeout(ms(20)).send().await;
    assert!(hangs.unwrap_err().is_timeout());
    assert_eq!(calls(&breaker), [2, 4, 2, 0, 0, 0]);
}

#[tokio::test]
async fn a_request_that_is_none_counts_as_nothing() {
    let (breaker, _) = owned();
    let client = with(CircuitBreakerMiddleware::new(breaker.clone()));
    assert!(ask(&client, "ftp://example.com/".to_owned()).await.unwrap_err().is_builder());
    assert_eq!((calls(&breaker), breaker.state()), ([0, 0, 0, 1, 0, 0], State::Closed));
}

#[tokio::test]
async fn a_rejection_is_found_in_the_error_and_no_request_is_made() {
    let server = Server::start().await;
    let (breaker, _) = owned();
    let client = with(CircuitBreakerMiddleware::new(breaker.clone()));
    assert_eq!(ask(&client, server.url("/status/500")).await.unwrap(), 500);
    let error = ask(&client, server.url("/status/200")).await.unwrap_err();
    assert_eq!(Rejected::find_in(&error).expect("a rejection").name(), "owned");
    let Error::Middleware(inside) = &error else { panic!("{error}") };
    assert!(inside.is::<Rejected>());
    assert_eq!(server.asked(), 1);
    assert_eq!(breaker.last_trip().unwrap().last_failures, ["500 Internal Server Error"]);
}

#[tokio::test]
async fn a_rejected_request_is_answered_on_request() {
    let (breaker, _) = owned();
    breaker.open();
    let answer = RejectedResponse::new().status(StatusCode::INTERNAL_SERVER_ERROR);
    let client = with(CircuitBreakerMiddleware::new(breaker).answer_rejected(answer));
    let url = "http://example.invalid/path?query";
    let response = client.get(url).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.url().as_str()), (500, url));
    assert_eq!(response.headers()["x-circuit-breaker"], "open");
    assert_eq!(response.headers()["retry-after"], "60");
    let body: serde_json::Value =
        serde_json::from_str(&response.text().await.unwrap()).expect("JSON");
    assert_eq!(body["breaker"], "owned");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_failure_if_it_is_watched() {
    let server = Server::start().await;
    for (watched, counted) in [(true, [0, 1, 0, 0, 0, 0]), (false, [1, 0, 0, 0, 0, 0])] {
        let (breaker, _) = owned();
        let middleware = CircuitBreakerMiddleware::new(breaker.clone());
        let middleware = if watched { middleware.watch_bodies() } else { middleware };
        let response = with(middleware).get(server.url("/breaks")).send().await.unwrap();
        assert_eq!(response.url().path(), "/breaks", "it keeps its URL");
        response.bytes().await.unwrap_err();
        assert_eq!(calls(&breaker), counted);
    }
}

#[tokio::test]
async fn a_body_that_is_watched_is_read_as_it_is() {
    let server = Server::start().await;
    let (breaker, _) = owned();
    let client = with(CircuitBreakerMiddleware::new(breaker.clone()).watch_bodies());
    let response = client.get(server.url("/status/200")).send().await.unwrap();
    assert_eq!((response.content_length(), calls(&breaker)), (Some(7), [0; 6]));
    assert_eq!(response.text().await.unwrap(), "as told");
    assert_eq!(calls(&breaker), [1, 0, 0, 0, 0, 0]);
}

#[tokio::test]
async fn a_request_that_is_dropped_gives_its_permit_back() {
    let server = Server::start().await;
    let (breaker, clock) = owned();
    let client = with(CircuitBreakerMiddleware::new(breaker.clone()));
    breaker.open();
    clock.advance(integration_tests::TTL);
    let hangs = tokio::time::timeout(ms(50), ask(&client, server.url("/hangs"))).await;
    assert!(hangs.is_err());
    assert_eq!(ask(&client, server.url("/status/200")).await.unwrap(), 200);
    assert_eq!((calls(&breaker), breaker.state()), ([1, 0, 0, 0, 1, 0], State::Closed));
}

#[tokio::test]
async fn one_breaker_per_host_or_per_prefix() {
    let _test = isolate();
    let server = Server::start().await;
    let group = registry().group("hosts", GroupSettings::new().each(Settings::new().threshold(1)));
    let per_host = with(CircuitBreakerMiddleware::by(PerHost::of(group)));
    let (own, dead) = (server.url(""), dead_url().await);
    ask(&per_host, dead.clone()).await.unwrap_err();
    assert!(Rejected::find_in(&ask(&per_host, dead.clone()).await.unwrap_err()).is_some());
    assert_eq!(ask(&per_host, server.url("/status/200")).await.unwrap(), 200);
    let mut keys: Vec<_> = group.members().into_iter().map(|(key, _)| key).collect();
    keys.sort();
    let mut expected = [&own, &dead].map(|url| url["http://".len()..].trim_end_matches('/'));
    expected.sort_unstable();
    assert_eq!(keys.iter().map(|key| &**key).collect::<Vec<_>>(), expected);

    let prefixes = Prefixes::new()
        .mount(&server.url("/status/5"), breaker!("prefix", threshold = 1))
        .and_then(|all| all.mount(&server.url("/status/500"), breaker!("longer", threshold = 1)))
        .unwrap();
    let mounted = with(CircuitBreakerMiddleware::by(prefixes));
    for _ in 0..2 {
        assert_eq!(ask(&mounted, server.url("/status/503")).await.unwrap(), 503, "in no prefix");
    }
    assert_eq!(ask(&mounted, server.url("/status/500")).await.unwrap(), 500);
    let error = ask(&mounted, server.url("/status/500")).await.unwrap_err();
    assert_eq!(Rejected::find_in(&error).unwrap().name(), "longer");
}

#[tokio::test]
async fn a_classifier_of_ones_own_and_retry_after() {
    let server = Server::start().await;
    let (breaker, _) = breaker_with(Settings::new());
    breaker.set_threshold(100).unwrap();
    let too_many = HttpStatus::new()
        .by(|status| match status {
            StatusCode::TOO_MANY_REQUESTS => Verdict::Failure,
            status => HttpStatus::judge(status),
        })
        .heed_retry_after(Duration::from_secs(60));
    let client = with(CircuitBreakerMiddleware::new(breaker.clone()).classify(too_many));
    assert_eq!(ask(&client, server.url("/status/429")).await.unwrap(), 429);
    assert_eq!(calls(&breaker), [0, 1, 0, 0, 0, 0]);
    assert_eq!(ask(&client, server.url("/wait/9")).await.unwrap(), 503);
    let trip = breaker.last_trip().expect("it has opened");
    assert_eq!((trip.rule, trip.open_for), (Rule::RetryAfter, Duration::from_secs(9)));
}

#[tokio::test]
async fn the_report_says_what_went_wrong_and_not_what_was_asked_for() {
    let (breaker, clock) = owned();
    let client = with(CircuitBreakerMiddleware::new(breaker.clone()).watch_bodies());
    let said = || breaker.last_trip().expect("a trip").last_failures[0].clone();
    ask(&client, dead_url().await + "?key=secret").await.unwrap_err();
    let refused = said();
    let expected = "error sending request: client error (Connect): tcp connect error: ";
    assert!(refused.starts_with(expected), "{refused}");
    assert!(!refused.contains("secret"));
    clock.advance(integration_tests::TTL);
    let server = Server::start().await;
    let hangs = client.get(server.url("/hangs?key=secret")).timeout(ms(20)).send().await;
    hangs.unwrap_err();
    assert_eq!(said(), "error sending request: operation timed out");
    clock.advance(integration_tests::TTL);
    let breaks = client.get(server.url("/breaks?key=secret")).send().await.unwrap();
    breaks.bytes().await.unwrap_err();
    let broken = said();
    assert!(broken.contains("body") && !broken.contains("secret"), "{broken}");
}

/// A middleware that makes an error of what is no success.
struct Strict;

#[async_trait::async_trait]
impl Middleware for Strict {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut http::Extensions,
        next: Next<'_>,
    ) -> Result<Response, Error> {
        Ok(next.run(request, extensions).await?.error_for_status()?)
    }
}

#[tokio::test]
async fn a_status_counts_as_it_should_where_it_comes_as_an_error_too() {
    let server = Server::start().await;
    let (breaker, _) = owned();
    let guarded = CircuitBreakerMiddleware::new(breaker.clone());
    let client = ClientBuilder::new(Client::new()).with(guarded).with(Strict).build();
    ask(&client, server.url("/status/404?key=secret")).await.unwrap_err();
    assert_eq!(calls(&breaker), [0, 0, 1, 0, 0, 0]);
    ask(&client, server.url("/status/500?key=secret")).await.unwrap_err();
    let trip = breaker.last_trip().expect("a trip");
    assert_eq!(trip.last_failures, ["HTTP status server error (500 Internal Server Error)"]);
}
