//! A `reqwest` client against a server that comes and goes: one breaker per host, an error or a response where one is open, and
//! what a body that breaks off counts as.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::routing::get;
use circuit_runtime::http::{CircuitBreakerMiddleware, PerHost, RejectedResponse};
use circuit_runtime::{GroupSettings, Rejected, Settings, State, configure, on_change, registry};
use futures_util::{StreamExt, stream};
use reqwest_middleware::ClientBuilder;
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::start().await?;

    // Once, for all clients: listeners, defaults, and if there is one, the storage.
    configure().listener(on_change(|event| println!("  {event}"))).install()?;
    let each = Settings::new().threshold(2).ttl(Duration::from_millis(100));
    let hosts = PerHost::of(registry().group("api", GroupSettings::new().each(each)));
    let guarded = CircuitBreakerMiddleware::by(hosts.clone()).watch_bodies();
    let client = ClientBuilder::new(reqwest::Client::new()).with(guarded.clone()).build();
    let answering = ClientBuilder::new(reqwest::Client::new())
        .with(guarded.answer_rejected(RejectedResponse::new()))
        .build();

    println!("a 404 is an answer like any other:");
    server.answers(404);
    for _ in 0..5 {
        assert_eq!(client.get(&server.url).send().await?.status(), 404);
    }

    println!("a server that is down:");
    server.answers(502);
    for _ in 0..2 {
        assert_eq!(client.get(&server.url).send().await?.status(), 502);
    }
    let asked = server.asked();
    let error = client.get(&server.url).send().await.expect_err("rejected");
    let rejected = Rejected::find_in(&error).ok_or("a rejection")?;
    println!("  an error: {rejected}");
    let response = answering.get(&server.url).send().await?;
    assert_eq!(
        (response.status(), &response.headers()["x-circuit-breaker"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"open".parse()?)
    );
    println!("  or a response: {} {}", response.status(), response.text().await?);
    assert_eq!(server.asked(), asked, "neither asked the server");

    println!("it is back, and a probe finds out:");
    server.answers(200);
    tokio::time::sleep(rejected.retry_after().ok_or("a time")?).await;
    assert_eq!(client.get(&server.url).send().await?.text().await?, "all of it");

    println!("its bodies break off:");
    server.answers(BREAKS_OFF);
    for _ in 0..2 {
        let response = client.get(&server.url).send().await?;
        assert!(response.status().is_success() && response.bytes().await.is_err());
    }
    let key = server.url.trim_start_matches("http://").trim_end_matches('/');
    let host = hosts.group().get(key).ok_or("a breaker for the host")?;
    assert_eq!(host.state(), State::Open);
    Ok(())
}

/// In place of a status: 200, and a body that breaks off.
const BREAKS_OFF: u16 = 0;

struct Server {
    url: String,
    status: Arc<AtomicU16>,
    asked: Arc<AtomicUsize>,
}

impl Server {
    async fn start() -> std::io::Result<Self> {
        let (status, asked) = (Arc::<AtomicU16>::default(), Arc::<AtomicUsize>::default());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let (told, counted) = (Arc::clone(&status), Arc::clone(&asked));
        let answer = async move || {
            counted.fetch_add(1, Ordering::Relaxed);
            match told.load(Ordering::Relaxed) {
                BREAKS_OFF => {
                    let some = stream::once(async { Ok("some of it") });
                    let broken = stream::once(async {
                        tokio::task::yield_now().await; // what is there is sent first
                        Err(std::io::Error::other("broken off"))
                    });
                    Response::new(Body::from_stream(some.chain(broken)))
                }
                status => {
                    let mut response = Response::new(Body::from("all of it"));
                    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
                    response
                }
            }
        };
        let router = Router::new().route("/", get(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, status, asked })
    }

    fn answers(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}
