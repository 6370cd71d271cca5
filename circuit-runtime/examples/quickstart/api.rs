//! The client of the rating service: one guarded function.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use circuit_runtime::{Rejected, circuit_breaker};
use tokio::time::timeout;

use crate::http;

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// Failures in a row that trip the breaker `"api"`.
pub(crate) const THRESHOLD: u32 = 3;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("status {0}")]
    Status(u16),
    #[error("no answer within {PATIENCE:?}")]
    Silence,
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// A customer's rating. A service that answers 404 is a service that works: hence `exclude`.
#[circuit_breaker(
    name = "api",
    threshold = THRESHOLD,
    ttl = 1,
    exclude = [ApiError::Status(400..=499)],
)]
pub(crate) async fn rating(service: SocketAddr, customer: i64) -> Result<String, ApiError> {
    let path = format!("/ratings/{customer}");
    // Inside the guarded function. Around it, a timeout would drop the call before its outcome, and a call that
    // is dropped counts as nothing.
    let answer = timeout(PATIENCE, http::get(service, &path));
    match answer.await.map_err(|_| ApiError::Silence)?? {
        http::Response { status: 200, body } => Ok(body),
        http::Response { status, .. } => Err(ApiError::Status(status)),
    }
}
