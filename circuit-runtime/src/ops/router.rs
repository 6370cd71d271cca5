//! The routes.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::future::{BoxFuture, FutureExt, Shared};
use futures_util::stream::StreamExt;
use serde::Serialize;
use tokio::time::{Instant, timeout};

use super::action::Order;
use super::answer::{Fault, answer, json};
use super::asked::{Name, Which};
use super::board::Board;
use super::hosts::of_this_service;
use super::log::Sent;
use super::operators::{OperatorError, Operators};
use super::origin::foreign;
use super::page;
use super::stream::{Watched, Watcher};
use crate::breaker::{Operation, Snapshot};
use crate::registry::{Registry, registry};

/// The most bytes of a request's body.
const LONGEST_BODY: usize = 16 * 1024;

/// How long they may take.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// All breakers of the program, as a router of `axum` for the people on call: see [the module](super).
#[derive(Clone)]
#[must_use = "it shows nothing until its `router` is served"]
pub struct Ops {
    pub(super) registry: &'static Registry,
    pub(super) title: String,
    pub(super) hosts: Vec<String>,
    pub(super) operators: Operators,
    pub(super) kept_events: usize,
    pub(super) most_streams: usize,
    pub(super) end: Option<End>,
}

/// What streams last until.
pub(super) type End = Shared<BoxFuture<'static, ()>>;

impl Ops {
    /// Read-only, without a title, with room for 256 events and 32 streams.
    ///
    /// It shows the breakers of [`registry()`], as this thread has it now.
    pub fn new() -> Self {
        Self {
            registry: registry(),
            title: String::new(),
            hosts: Vec::new(),
            operators: Operators::default(),
            kept_events: 256,
            most_streams: 32,
            end: None,
        }
    }

    /// What the page is called by: the service's name, say, and that of the instance.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Lets whoever has this token open and close breakers, and change their modes and settings. Events will say that it was
    /// `name`. One operator may have several tokens: the next one, while the last one is still about.
    ///
    /// Make a token of at least 16 bytes with `openssl rand -hex 32` or the like, and take it from where secrets are kept.
    ///
    /// ```
    /// use circuit_runtime::ops::Ops;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let token = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
    /// // let token = std::env::var("OPS_TOKEN")?;
    /// let ops = Ops::new().operator("on-call", &token)?;
    /// assert!(ops.operator("intern", "1234").is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the token is shorter, has other than visible ASCII characters, or is another operator's already; or if the name is none.
    pub fn operator(mut self, name: &str, token: &str) -> Result<Self, OperatorError> {
        self.operators.add(name, token)?;
        Ok(self)
    }

    /// The names that the service is called by, with a port or for any: `["ops.shop.internal", "localhost:3000"]`. What is asked of
    /// another host is answered with 421. Without it any will do, and a page of another site that has its name point to this
    /// service's address can read what whoever looks at that page could (DNS rebinding): changes still take the token.
    pub fn hosts<H: Into<String>>(mut self, hosts: impl IntoIterator<Item = H>) -> Self {
        self.hosts.extend(hosts.into_iter().map(Into::into));
        self
    }

    /// How many of the latest events are kept, and can be read, and as many of what operators did. By default 256; each takes
    /// up to some 2 KB.
    pub fn keep_events(mut self, kept: usize) -> Self {
        self.kept_events = kept;
        self
    }

    /// How many may watch at one time: pages that are looked at, and readers of the streams. By default 32; who comes then is
    /// answered with 503, unless one of them has read nothing for 45 s and loses his place; a page goes on by asking every 5 s.
    pub fn at_most_streams(mut self, most: usize) -> Self {
        self.most_streams = most;
        self
    }

    /// Ends all streams when `end` is over, in whichever way. A server that shuts down gracefully waits for its responses, and
    /// without this a page that is looked at keeps it waiting.
    ///
    /// ```
    /// # use circuit_runtime::ops::Ops;
    /// # async fn serve(listener: tokio::net::TcpListener) -> std::io::Result<()> {
    /// let (stop, stopped) = tokio::sync::watch::channel(false);
    /// let until = |mut stopped: tokio::sync::watch::Receiver<bool>| async move {
    ///     let _ = stopped.wait_for(|stopped| *stopped).await;
    /// };
    /// let ops = Ops::new().until(until(stopped.clone())).router();
    /// let app = axum::Router::new().nest_service("/ops", ops);
    /// // stop.send(true) on a signal ends both.
    /// axum::serve(listener, app).with_graceful_shutdown(until(stopped)).await
    /// # }
    /// ```
    pub fn until(mut self, end: impl Future<Output = ()> + Send + 'static) -> Self {
        let end = AssertUnwindSafe(end).catch_unwind();
        self.end = Some(end.map(drop).boxed().shared());
        self
    }

    /// The router, to be put where you like: with `nest_service("/ops", ..)` it is at `/ops` and at `/ops/`, with
    /// `nest("/ops", ..)` at the first alone. From now until its last clone is dropped it listens to the changes of all breakers,
    /// which costs calls nothing. Streams take a runtime with timers.
    pub fn router(self) -> axum::Router {
        let board = Arc::new(Board::new(self));
        axum::Router::new()
            .route("/", get(page))
            .route("/breakers", get(breakers))
            // By a name that no path around it has.
            .route("/breakers/{*circuit_breaker}", get(breaker).post(change))
            .route("/rows", get(rows))
            .route("/events", get(events))
            .route("/events/stream", get(stream_of_events))
            .route("/stream", get(stream_of_rows))
            .layer(from_fn_with_state(Arc::clone(&board), of_this_service))
            .with_state(board)
    }
}

impl Default for Ops {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Ops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ops")
            .field("title", &self.title)
            .field("hosts", &self.hosts)
            .field("operators", &self.operators)
            .field("keep_events", &self.kept_events)
            .field("at_most_streams", &self.most_streams)
            .finish_non_exhaustive()
    }
}

async fn page(State(board): State<Arc<Board>>) -> Response {
    page::page(&board)
}

async fn breakers(State(board): State<Arc<Board>>) -> Response {
    #[derive(Serialize)]
    struct Breakers {
        breakers: Vec<Snapshot>,
    }
    json(StatusCode::OK, &Breakers { breakers: board.registry.snapshots() })
}

async fn breaker(State(board): State<Arc<Board>>, Name(name): Name) -> Result<Response, Fault> {
    let breaker = board.breaker(&name)?;
    Ok(json(StatusCode::OK, &board.whole(&breaker)))
}

/// For who may not watch.
async fn rows(State(board): State<Arc<Board>>, which: Which) -> Response {
    board.rows.look(board.registry, &board.log, Instant::now());
    let unseen = board.rows.since(None, which.breaker.as_deref());
    answer(StatusCode::OK, "application/json", unseen.to_json())
}

async fn events(State(board): State<Arc<Board>>, which: Which) -> Response {
    #[derive(Serialize)]
    struct Events<'e> {
        events: Vec<Sent<'e>>,
    }
    let mut logged = board.log.after(which.after.unwrap_or(0));
    if let Some(name) = which.breaker {
        logged.retain(|logged| *logged.event.breaker == *name);
    }
    let events = logged.iter().map(super::log::Logged::sent).collect();
    json(StatusCode::OK, &Events { events })
}

async fn stream_of_events(
    State(board): State<Arc<Board>>,
    which: Which,
    request: Request,
) -> Result<Response, Fault> {
    stream(board, which, &request.into_parts().0, Watched::Events)
}

async fn stream_of_rows(
    State(board): State<Arc<Board>>,
    which: Which,
    request: Request,
) -> Result<Response, Fault> {
    stream(board, which, &request.into_parts().0, Watched::Rows(None))
}

fn stream(
    board: Arc<Board>,
    which: Which,
    request: &Parts,
    rows: Watched,
) -> Result<Response, Fault> {
    // It could read nothing of it, and would take a place.
    refuse_foreign(request)?;
    let place = board.place()?;
    // What a browser says that comes again.
    let last = request.headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let seen = last.or(which.after).unwrap_or_else(|| board.log.latest());
    let end = board.end.clone();
    let stream = Watcher::new(board, seen, rows, which.breaker, place).stream();
    let mut response = match end {
        Some(end) => Sse::new(stream.take_until(end)).into_response(),
        None => Sse::new(stream).into_response(),
    };
    // For proxies that would collect it first.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

async fn change(
    State(board): State<Arc<Board>>,
    Name(name): Name,
    request: Request,
) -> Result<Response, Fault> {
    let (request, body) = request.into_parts();
    let operator = authorized(&board, &request)?;
    if !is_json(&request.headers) {
        let error = "send the action as `Content-Type: application/json`";
        return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
    }
    let Order { action, reason } = Order::parse(&read(body).await?).map_err(unprocessable)?;
    let breaker = board.breaker(&name)?;
    let action = action.take(&breaker).map_err(|error| unprocessable(error.to_string()))?;
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(address)| address.ip().to_string());
    breaker.tell_operated(&Operation { operator, action, reason, peer });
    Ok(json(StatusCode::OK, &board.whole(&breaker)))
}

async fn read(body: Body) -> Result<Bytes, Fault> {
    let Ok(read) = timeout(LONGEST_WAIT, to_bytes(body, LONGEST_BODY)).await else {
        let error = format!("the body must arrive within {LONGEST_WAIT:?}");
        return Err(Fault::new(StatusCode::REQUEST_TIMEOUT, error));
    };
    read.map_err(|_| {
        let error = format!("the body must arrive whole, and have at most {LONGEST_BODY} bytes");
        Fault::new(StatusCode::PAYLOAD_TOO_LARGE, error)
    })
}

fn unprocessable(error: String) -> Fault {
    Fault::new(StatusCode::UNPROCESSABLE_ENTITY, error)
}

/// Who asks, if that is somebody who may.
fn authorized(board: &Board, request: &Parts) -> Result<Arc<str>, Fault> {
    if board.operators.is_empty() {
        let error = "nothing can be changed here: no operator has a token (Ops::operator)";
        return Err(Fault::new(StatusCode::FORBIDDEN, error));
    }
    refuse_foreign(request)?;
    board.operators.authorized(&request.headers).ok_or_else(|| {
        let error = "a change needs the token of an operator: `Authorization: Bearer <token>`";
        Fault::new(StatusCode::UNAUTHORIZED, error)
    })
}

fn refuse_foreign(request: &Parts) -> Result<(), Fault> {
    let Some(how) = foreign(request) else { return Ok(()) };
    let error = format!("a page of another origin may not ask for this: {how}");
    Err(Fault::new(StatusCode::FORBIDDEN, error))
}

fn is_json(headers: &HeaderMap) -> bool {
    let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let media = media.split(';').next().unwrap_or("").trim();
    media.eq_ignore_ascii_case("application/json")
}
