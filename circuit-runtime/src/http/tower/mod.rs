//! Services of `tower`.

mod conclude;
mod future;
mod http_layer;
mod layer;
mod on_rejection;
mod service;

/// Keeps traits from being implemented elsewhere.
mod sealed {
    pub trait Sealed {}
}

pub use conclude::Conclude;
pub use future::ResponseFuture;
pub use http_layer::{ConcludeHttp, HttpCircuitBreakerLayer};
pub use layer::{CircuitBreakerLayer, ConcludeAny};
pub use on_rejection::{AnswerRejected, FailRejected, OnRejection};
pub use service::{CircuitBreakerService, HttpCircuitBreakerService};
