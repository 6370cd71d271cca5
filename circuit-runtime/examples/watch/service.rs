//! The service, read over HTTP.

use std::error::Error;
use std::iter;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{StatusCode, Uri};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::timeout;

use crate::Fallible;
use crate::reading::{Listed, Reading, Text};

const PATIENCE: Duration = Duration::from_secs(2);
const MOST_BYTES: usize = 64 << 20;

pub(crate) struct Service {
    client: Client<HttpConnector, Empty<Bytes>>,
    breakers: Uri,
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.as_str())]
pub(crate) struct Unread(Text);

impl Service {
    pub(crate) fn at(address: &str) -> Fallible<Self> {
        let breakers: Uri = format!("{}/breakers", address.trim_end_matches('/')).parse()?;
        if breakers.scheme_str() != Some("http") {
            return Err(format!("{breakers} does not begin with http://").into());
        }
        Ok(Self { client: Client::builder(TokioExecutor::new()).build_http(), breakers })
    }

    pub(crate) fn address(&self) -> String {
        self.breakers.to_string()
    }

    pub(crate) async fn read(&self) -> Result<Reading, Unread> {
        let read = timeout(PATIENCE, self.listed()).await;
        let listed = read.unwrap_or_else(|_| Err(format!("silent for {PATIENCE:?}").into()));
        Ok(Reading::new(listed.map_err(|error| Unread::because(&*error))?, Instant::now()))
    }

    async fn listed(&self) -> Fallible<Listed> {
        let response = self.client.get(self.breakers.clone()).await?;
        if response.status() != StatusCode::OK {
            return Err(response.status().to_string().into());
        }
        let body = Limited::new(response.into_body(), MOST_BYTES).collect().await?;
        Ok(serde_json::from_slice(&body.to_bytes())?)
    }
}

impl Unread {
    /// With what caused the error, which is where the reason is.
    fn because(error: &(dyn Error + 'static)) -> Self {
        let causes = iter::successors(Some(error), |error| (*error).source());
        let told: Vec<_> = causes.map(ToString::to_string).collect();
        Self(told.join(": ").into())
    }
}
