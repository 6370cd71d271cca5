//! `tower-resilience`'s breaker, told what a failure is as an HTTP client has to.

use std::fmt::Debug;

use http::{Response, StatusCode};
use tower_resilience_circuitbreaker::{
    CircuitBreakerConfigBuilder, CircuitBreakerError, CircuitBreakerLayer, DefaultClassifier,
    FailureClassifier,
};

use crate::peers::FOR_EVER;

pub(super) const WHO: &str = "tower-resilience";
pub(super) const IN_A_ROW: &str = "in a row, 5xx too";
pub(super) const DEFAULT: &str = "share of 100 calls (default), 5xx too";

pub(super) fn builder() -> CircuitBreakerConfigBuilder<DefaultClassifier> {
    CircuitBreakerLayer::builder().wait_duration_in_open(FOR_EVER)
}

/// A response, whoever's it is.
pub(super) trait HasStatus {
    fn is_server_error(&self) -> bool;
}

impl<B> HasStatus for Response<B> {
    fn is_server_error(&self) -> bool {
        self.status().is_server_error()
    }
}

impl HasStatus for reqwest::Response {
    fn is_server_error(&self) -> bool {
        let status: StatusCode = self.status();
        status.is_server_error()
    }
}

/// With errors and 5xx as failures.
pub(super) fn layer<T: HasStatus, E>(
    builder: CircuitBreakerConfigBuilder<DefaultClassifier>,
) -> CircuitBreakerLayer<impl FailureClassifier<T, E> + 'static> {
    let is_failure = |result: &Result<T, E>| result.as_ref().map_or(true, T::is_server_error);
    builder.failure_classifier(is_failure).build().expect("settings in range")
}

pub(super) fn is_rejection<E: Debug>(error: &CircuitBreakerError<E>) -> bool {
    matches!(error, CircuitBreakerError::OpenCircuit)
}
