//! A client of `hyper` under `tower`: a breaker inside a retry and around a timeout, and a server that says when to come back.

use std::error::Error;
use std::future::{Ready, ready};
use std::time::Duration;

use axum::Router;
use axum::http::{Request, Response, StatusCode};
use axum::routing::get;
use circuit_runtime::http::{BoxError, HttpCircuitBreakerLayer, HttpStatus};
use circuit_runtime::{Rejected, Rule, State, breaker};
use http_body_util::Empty;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tower::retry::Policy;
use tower::{Service, ServiceBuilder, ServiceExt};

type Body = Empty<axum::body::Bytes>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let url = serve().await?;
    let search = breaker!("search", threshold = 3, ttl = 30);

    let mut client = ServiceBuilder::new()
        .retry(ThreeTimes(0))
        .layer(
            HttpCircuitBreakerLayer::new(search)
                .classify(HttpStatus::new().heed_retry_after(Duration::from_secs(600))),
        )
        .timeout(Duration::from_millis(100)) // inside, so that it counts
        .service(Client::builder(TokioExecutor::new()).build_http::<Body>());
    let mut ask = async |path: &str| {
        let request = Request::get(format!("{url}{path}")).body(Body::new())?;
        let response = client.ready().await?.call(request).await?;
        Ok::<_, BoxError>(response.status())
    };

    assert_eq!(ask("/fine").await?, StatusCode::OK);
    println!("{search}");

    // Each attempt of the retry asks the breaker, and a rejection ends it.
    let error = ask("/hangs").await.expect_err("hangs");
    println!("{error}; {search}: {}", search.last_trip().ok_or("a trip")?);
    let rejected = ask("/fine").await.expect_err("not asked");
    println!("{}", rejected.downcast::<Rejected>()?);

    search.close();
    let error = ask("/busy").await.expect_err("the second attempt is rejected");
    assert!(error.is::<Rejected>());
    let trip = search.last_trip().ok_or("a trip")?;
    println!("{search}: {trip}");
    assert_eq!((trip.rule, trip.open_for), (Rule::RetryAfter, Duration::from_secs(120)));
    assert_eq!(search.state(), State::Open);
    Ok(())
}

/// Tries again what failed, and never what was rejected.
#[derive(Clone)]
struct ThreeTimes(u32);

impl<B> Policy<Request<Body>, Response<B>, BoxError> for ThreeTimes {
    type Future = Ready<()>;

    fn retry(
        &mut self,
        _: &mut Request<Body>,
        result: &mut Result<Response<B>, BoxError>,
    ) -> Option<Ready<()>> {
        let has_failed = match result {
            Ok(response) => response.status().is_server_error(),
            Err(error) => !error.is::<Rejected>(),
        };
        self.0 += 1;
        (has_failed && self.0 < 3).then(|| ready(()))
    }

    fn clone_request(&mut self, request: &Request<Body>) -> Option<Request<Body>> {
        Some(request.clone())
    }
}

async fn serve() -> std::io::Result<String> {
    let router = Router::new()
        .route("/fine", get(async || "fine"))
        .route("/hangs", get(std::future::pending::<&str>))
        .route("/busy", get(async || (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "120")])));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}
