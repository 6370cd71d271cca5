//! How breakers are seen from outside, each way behind a feature of its own.

#[cfg(feature = "tracing")]
mod tracing;
