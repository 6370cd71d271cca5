//! What a request asks for, by its address.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;

use super::answer::Fault;

/// The name of a breaker.
pub(super) struct Name(pub(super) String);

/// Of the parts of a path that have a name, since the router may be below some that have.
#[derive(Deserialize)]
struct Parameters {
    circuit_breaker: String,
}

/// Which events.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Those behind the one of this number.
    pub(super) after: Option<u64>,
    /// Those of this breaker.
    pub(super) breaker: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let name = Path::from_request_parts(parts, state).await;
        name.map(|Path(Parameters { circuit_breaker })| Self(circuit_breaker))
            .map_err(|fault| bad_request(fault.body_text()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Which {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let which = Query::from_request_parts(parts, state).await;
        which.map(|Query(which)| which).map_err(|fault| bad_request(fault.body_text()))
    }
}

fn bad_request(error: String) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, error)
}
