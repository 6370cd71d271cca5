//! What is asked for by `GET`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use futures_util::stream::StreamExt;
use serde::Serialize;
use tokio::time::Instant;

use super::answer::{Fault, answer, json};
use super::asked::{Name, Which};
use super::board::Board;
use super::log::{Logged, Sent};
use super::origin::refuse_foreign;
use super::page;
use super::stream::{Watched, Watcher};
use crate::breaker::Snapshot;

pub(super) async fn page(State(board): State<Arc<Board>>) -> Response {
    page::page(&board)
}

pub(super) async fn breakers(State(board): State<Arc<Board>>) -> Response {
    #[derive(Serialize)]
    struct Breakers {
        breakers: Vec<Snapshot>,
    }
    json(StatusCode::OK, &Breakers { breakers: board.registry.snapshots() })
}

pub(super) async fn breaker(
    State(board): State<Arc<Board>>,
    Name(name): Name,
) -> Result<Response, Fault> {
    let breaker = board.breaker(&name)?;
    Ok(json(StatusCode::OK, &board.whole(&breaker)))
}

/// For who may not watch.
pub(super) async fn rows(State(board): State<Arc<Board>>, which: Which) -> Response {
    board.rows.look(board.registry, &board.log, Instant::now());
    let unseen = board.rows.since(None, which.breaker.as_deref());
    answer(StatusCode::OK, "application/json", unseen.to_json())
}

pub(super) async fn events(State(board): State<Arc<Board>>, which: Which) -> Response {
    #[derive(Serialize)]
    struct Events<'e> {
        events: Vec<Sent<'e>>,
    }
    let logged = board.log.after(which.after.unwrap_or(0), which.breaker.as_deref());
    let events = logged.iter().map(Logged::sent).collect();
    json(StatusCode::OK, &Events { events })
}

pub(super) async fn stream_of_events(
    State(board): State<Arc<Board>>,
    which: Which,
    request: Request,
) -> Result<Response, Fault> {
    stream(board, which, &request.into_parts().0, Watched::Events)
}

pub(super) async fn stream_of_rows(
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
