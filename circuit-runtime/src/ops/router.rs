//! The router, and what it is made with.

use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::middleware::from_fn_with_state;
use axum::routing;
use futures_util::future::{BoxFuture, FutureExt, Shared};

use super::board::Board;
use super::get;
use super::hosts::of_this_service;
use super::operators::{OperatorError, Operators};
use super::post;
use crate::registry::{Registry, registry};

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

    /// How many may watch at one time: pages that are looked at, and readers of the streams. By default 32. Who comes then takes the
    /// place of the one who has watched longest, if that is for a minute at least, and is answered with 503 otherwise: a page goes
    /// on by asking every 5 s, until it is its turn.
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
            .route("/", routing::get(get::page))
            .route("/breakers", routing::get(get::breakers))
            // By a name that no path around it has.
            .route("/breakers/{*circuit_breaker}", routing::get(get::breaker).post(post::change))
            .route("/rows", routing::get(get::rows))
            .route("/events", routing::get(get::events))
            .route("/events/stream", routing::get(get::stream_of_events))
            .route("/stream", routing::get(get::stream_of_rows))
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
