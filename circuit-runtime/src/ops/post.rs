//! What is asked for by `POST`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tokio::time::timeout;

use super::action::Order;
use super::answer::{Fault, json};
use super::asked::Name;
use super::board::Board;
use super::origin::refuse_foreign;
use crate::breaker::Operation;

/// The most bytes of a request's body.
const LONGEST_BODY: usize = 16 * 1024;

/// How long they may take.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

pub(super) async fn change(
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

fn is_json(headers: &HeaderMap) -> bool {
    let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let media = media.split(';').next().unwrap_or("").trim();
    media.eq_ignore_ascii_case("application/json")
}
