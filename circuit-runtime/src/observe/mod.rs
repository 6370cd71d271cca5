//! How breakers are seen from outside, each way behind features of its own.

#[cfg(any(feature = "metrics", feature = "opentelemetry", feature = "prometheus"))]
pub mod metrics;
#[cfg(feature = "tracing")]
mod tracing;
