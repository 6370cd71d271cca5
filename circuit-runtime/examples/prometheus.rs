//! A service whose breakers are scraped: `/metrics` beside its other routes, and what a scrape finds there after a breaker has
//! tripped.

use std::error::Error;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{Request, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use circuit_runtime::metrics::BreakerCollector;
use circuit_runtime::{Rejected, circuit_breaker};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use prometheus_client::encoding::prometheus_text::{self, CONTENT_TYPE};
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;

type Failed = Box<dyn Error + Send + Sync>;

#[circuit_breaker(name = "ledger", threshold = 3, ttl = 60)]
async fn book(amount: u32) -> Result<u32, Failed> {
    if amount > 100 {
        return Err(io::Error::from(io::ErrorKind::ConnectionRefused).into());
    }
    Ok(amount)
}

/// Nobody calls it in this run, and it is there all the same.
#[circuit_breaker(name = "archive", threshold = 10, ttl = 30)]
#[expect(dead_code, reason = "for the scrape to find")]
fn store() -> Result<(), Rejected> {
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(BreakerCollector::new()));
    // Those of the service itself go in as well: one registry, one route.
    let service = Router::new().route("/metrics", get(metrics)).with_state(Arc::new(registry));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/metrics", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, service).await });

    book(20).await?;
    for _ in 0..4 {
        if let Err(error) = book(1_000).await {
            println!("{error}");
        }
    }

    let text = scrape(&url).await?;
    println!("\nGET {url}\n{text}");
    for line in [
        r#"circuit_breaker_state{name="ledger",state="open"} 1"#,
        r#"circuit_breaker_transitions_total{name="ledger",from="closed",to="open"} 1"#,
        r#"circuit_breaker_calls_total{name="ledger",outcome="success"} 1"#,
        r#"circuit_breaker_calls_total{name="ledger",outcome="failure"} 3"#,
        r#"circuit_breaker_calls_total{name="ledger",outcome="rejected"} 1"#,
        r#"circuit_breaker_state{name="archive",state="closed"} 1"#,
    ] {
        assert!(text.lines().any(|found| found == line), "{line}");
    }
    Ok(())
}

async fn metrics(State(registry): State<Arc<Registry>>) -> impl IntoResponse {
    let mut text = String::new();
    match prometheus_text::encode(&mut text, &registry) {
        Ok(()) => Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text)),
        Err(error) => Err((StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
    }
}

async fn scrape(url: &str) -> Result<String, Failed> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<axum::body::Bytes>>();
    let response = client.request(Request::get(url).body(Empty::new())?).await?;
    let body = response.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8(body.to_vec())?)
}
