//! The page for the people on call, over a service whose dependencies come and go.
//!
//! With an address it goes on until it is stopped, and a browser shows the page; the token that may change breakers is printed.
//!
//! ```sh
//! cargo run --example ops --features ops -- 127.0.0.1:3000
//! ```
//!
//! Without one it looks at itself once.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use circuit_runtime::ops::Ops;
use circuit_runtime::{Rejected, breaker, circuit_breaker};
use http_body_util::BodyExt;
use tokio::net::TcpListener;
use tower::ServiceExt;

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{0}")]
    Down(&'static str),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// Of a hundred seconds, those from `from` to `to` are bad ones.
fn answer(second: u64, from: u64, to: u64, error: &'static str) -> Result<(), Fault> {
    if (from..to).contains(&(second % 100)) { Err(Fault::Down(error)) } else { Ok(()) }
}

#[circuit_breaker(name = "payments", threshold = 5, ttl = 10)]
async fn pay(second: u64) -> Result<(), Fault> {
    answer(second, 20, 35, "connect to 10.1.4.7:443: connection refused")
}

#[circuit_breaker(name = "search", failure_rate = 0.5, threshold = 10, window = 10, ttl = 5)]
async fn search(second: u64) -> Result<(), Fault> {
    answer(second, 50, 60, "503 Service Unavailable: shard 3 is recovering")
}

#[circuit_breaker(name = "mail", threshold = 3, ttl = 30, max_ttl = "5m")]
async fn mail(second: u64) -> Result<(), Fault> {
    answer(second, 0, 80, "421 4.7.0 Try again later, <closing> connection")
}

#[circuit_breaker(name = "inventory", threshold = 5)]
async fn count_stock(second: u64) -> Result<(), Fault> {
    answer(second, 0, 0, "never")
}

/// A second of the service's life.
async fn live(second: u64) {
    for request in 0..20 {
        // What fails is seen by the breakers, and here by nobody.
        let _ = pay(second).await;
        let _ = search(second).await;
        let _ = count_stock(second).await;
        if request == 0 {
            let _ = mail(second).await;
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // From where secrets are kept, in earnest.
    let token = std::env::var("OPS_TOKEN").unwrap_or_else(|_| "only-for-this-example".to_owned());
    let ops = Ops::new().title("shop").operator("on-call", &token)?;
    let app = Router::new().nest_service("/ops", ops.router());

    if let Some(address) = std::env::args().nth(1) {
        let listener = TcpListener::bind(address.parse::<SocketAddr>()?).await?;
        println!("http://{}/ops, with the token {token}", listener.local_addr()?);
        tokio::spawn(async {
            for second in 0.. {
                live(second).await;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        // With the addresses of those who connect, which events then name.
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        return Ok(axum::serve(listener, app).await?);
    }

    live(30).await;
    let get = |path: &str| Request::get(path).body(Body::empty());
    let page = app.clone().oneshot(get("/ops")?).await?;
    assert_eq!(page.status(), StatusCode::OK);

    let listed = app.clone().oneshot(get("/ops/breakers/payments")?).await?;
    let listed: serde_json::Value =
        serde_json::from_slice(&listed.into_body().collect().await?.to_bytes())?;
    println!("payments is {}: {}", listed["state"], listed["why"]);
    assert_eq!(listed["state"], "open");

    let close =
        || Request::post("/ops/breakers/payments").header("content-type", "application/json");
    let body = r#"{"action":"close","reason":"10.1.4.7 is back"}"#;
    let refused = app.clone().oneshot(close().body(Body::from(body))?).await?;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let authorized = close().header("authorization", format!("Bearer {token}"));
    let closed = app.clone().oneshot(authorized.body(Body::from(body))?).await?;
    assert_eq!(closed.status(), StatusCode::OK);
    println!("payments is {}", breaker!("payments").state());

    let events = app.oneshot(get("/ops/events?breaker=payments")?).await?;
    let events: serde_json::Value =
        serde_json::from_slice(&events.into_body().collect().await?.to_bytes())?;
    for event in events["events"].as_array().into_iter().flatten() {
        println!("{}", event["text"].as_str().unwrap_or_default());
    }
    Ok(())
}
