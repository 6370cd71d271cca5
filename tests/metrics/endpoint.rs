//! What a Prometheus scrapes: a registry, behind `axum`.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, header};
use prometheus_client::encoding::{prometheus_text, text};
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// `/metrics` in the text that every Prometheus reads, `/openmetrics` in the other one. Ends with the test.
pub(crate) struct Endpoint {
    address: String,
    served: Arc<Served>,
    _runtime: Runtime,
}

struct Served {
    registry: Registry,
    scrapes: Mutex<Scrapes>,
}

/// What was asked for so far.
#[derive(Default)]
pub(crate) struct Scrapes {
    pub(crate) of_metrics: u32,
    pub(crate) of_openmetrics: u32,
    /// What the last one would have accepted.
    pub(crate) accepted: String,
}

impl Endpoint {
    pub(crate) fn serving(registry: Registry) -> Self {
        let served = Arc::new(Served { registry, scrapes: Mutex::default() });
        let router = Router::new()
            .route("/metrics", get(metrics))
            .route("/openmetrics", get(openmetrics))
            .with_state(Arc::clone(&served));
        let runtime = Runtime::new().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        runtime.spawn(async { axum::serve(listener, router).await });
        Self { address, served, _runtime: runtime }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// As long as this is held, there is no scrape.
    pub(crate) fn scrapes(&self) -> MutexGuard<'_, Scrapes> {
        self.served.scrapes.lock().expect("unpoisoned")
    }
}

async fn metrics(State(served): State<Arc<Served>>, headers: HeaderMap) -> Response {
    let mut scrapes = served.scrapes.lock().expect("unpoisoned");
    let mut text = String::new();
    prometheus_text::encode(&mut text, &served.registry).expect("a text takes it all");
    scrapes.of_metrics += 1;
    scrapes.accepted = accepted(&headers);
    ([(header::CONTENT_TYPE, prometheus_text::CONTENT_TYPE)], text).into_response()
}

async fn openmetrics(State(served): State<Arc<Served>>, headers: HeaderMap) -> Response {
    let mut scrapes = served.scrapes.lock().expect("unpoisoned");
    let mut buffer = String::new();
    text::encode(&mut buffer, &served.registry).expect("a text takes it all");
    scrapes.of_openmetrics += 1;
    scrapes.accepted = accepted(&headers);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], buffer).into_response()
}

fn accepted(headers: &HeaderMap) -> String {
    let accepted = headers.get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    accepted.unwrap_or_default().to_owned()
}
