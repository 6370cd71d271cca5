//! A server that does as it is told, on loopback.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::routing::{any, get};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderMap, Response, header};
use http_body::Frame;
use http_body_util::StreamBody;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// It ends with the test.
pub(crate) struct Server {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let asked = Arc::<AtomicUsize>::default();
        let router = Router::new()
            .route("/status/{status}", any(status))
            .route("/wait/{seconds}", any(asks_to_wait))
            .route("/breaks", get(breaks))
            .route("/hangs", get(hangs))
            .route("/grpc/{place}/{code}", any(grpc))
            .route("/{service}/{method}", any(unary))
            .with_state(Arc::clone(&asked));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self { address, asked, task }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How many requests came.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A URL at which nobody listens.
pub(crate) async fn dead_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    format!("http://{}/", listener.local_addr().expect("an address"))
}

fn count(asked: &AtomicUsize) {
    asked.fetch_add(1, Ordering::Relaxed);
}

fn answer(status: u16) -> http::response::Builder {
    Response::builder().status(status)
}

async fn status(State(asked): State<Arc<AtomicUsize>>, Path(status): Path<u16>) -> Response<Body> {
    count(&asked);
    let redirected = answer(status).header(header::LOCATION, "/status/200");
    redirected.body(Body::from("as told")).expect("valid")
}

async fn asks_to_wait(
    State(asked): State<Arc<AtomicUsize>>,
    Path(seconds): Path<u64>,
) -> Response<Body> {
    count(&asked);
    answer(503).header(header::RETRY_AFTER, seconds).body(Body::empty()).expect("valid")
}

/// Its body breaks off behind the first piece.
async fn breaks(State(asked): State<Arc<AtomicUsize>>) -> Response<Body> {
    count(&asked);
    let first = stream::once(async { Ok(Bytes::from("first")) });
    let broken = stream::once(async {
        // What is there is sent as soon as there is no more.
        tokio::task::yield_now().await;
        Err(io::Error::other("broken off"))
    });
    answer(200).body(Body::from_stream(first.chain(broken))).expect("valid")
}

async fn hangs(State(asked): State<Arc<AtomicUsize>>) -> Response<Body> {
    count(&asked);
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    answer(200).body(Body::empty()).expect("valid")
}

/// A status of gRPC, in the headers or in the trailers, whatever is called.
async fn grpc(
    State(asked): State<Arc<AtomicUsize>>,
    Path((place, code)): Path<(String, u16)>,
) -> Response<Body> {
    count(&asked);
    grpc_answer(&place, code)
}

/// `/headers.14/any`, for clients that say which method they call.
async fn unary(
    State(asked): State<Arc<AtomicUsize>>,
    Path((service, _)): Path<(String, String)>,
) -> Response<Body> {
    count(&asked);
    let (place, code) = service.split_once('.').expect("a place and a code");
    grpc_answer(place, code.parse().expect("a code"))
}

fn grpc_answer(place: &str, code: u16) -> Response<Body> {
    let response = answer(200).header(header::CONTENT_TYPE, "application/grpc");
    if place == "headers" {
        let response = response.header("grpc-status", code).header("grpc-message", "as told");
        return response.body(Body::empty()).expect("valid");
    }
    if place == "nowhere" {
        return response.body(Body::from(&[0; 5][..])).expect("valid");
    }
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", code.into());
    // One message of no bytes, not compressed.
    let frames = [Frame::data(Bytes::from_static(&[0; 5])), Frame::trailers(trailers)];
    let body = StreamBody::new(stream::iter(frames.map(Ok::<_, io::Error>)));
    response.body(Body::new(body)).expect("valid")
}
