//! Futures: when the breaker is asked, what a cancelled call is, and where a timeout belongs.
//!
//! # When the breaker is asked
//!
//! | function | asks |
//! | --- | --- |
//! | `fn`, also one that returns an iterator, or a `Result` of an iterator or a stream | when it is called |
//! | `async fn`, `fn -> impl Future`, whatever the future comes to | when the future is first polled |
//! | `fn -> impl Stream` | when the stream is first polled |
//!
//! What is never polled counts nowhere.
//!
//! # Cancellation
//!
//! A future that is dropped before its end is cancelled: no evidence either way, since nobody knows what it would have come to.
//! A probe's place is free at once. Where a dependency is only ever cancelled because it hangs, say `on_cancel = failure`.
//!
//! # Timeouts
//!
//! `timeout(limit, guarded())` drops the guarded future when it hangs, so a dependency that only ever hangs would never trip
//! the breaker. There are three ways out:
//!
//! - the timeout inside the function, its error returned: best, since the error says what happened;
//! - a `slow_call` shorter than the timeout: a call that is dropped after that time is a failure;
//! - `on_cancel = failure`.
//!
//! ```
//! use std::time::Duration;
//! use circuit_runtime::{Rejected, breaker, circuit_breaker};
//! use tokio::time::{error::Elapsed, timeout};
//!
//! #[derive(Debug, thiserror::Error)]
//! enum ApiError {
//!     #[error(transparent)]
//!     Timeout(#[from] Elapsed),
//!     #[error(transparent)]
//!     Rejected(#[from] Rejected),
//! }
//!
//! #[circuit_breaker(name = "guide/hangs", threshold = 1)]
//! async fn hangs() -> Result<(), ApiError> {
//!     Ok(timeout(Duration::from_millis(1), std::future::pending()).await?)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! assert!(matches!(hangs().await, Err(ApiError::Timeout(_))));
//! assert!(matches!(hangs().await, Err(ApiError::Rejected(_))));
//! # }
//! ```
//!
//! # Retries
//!
//! A retry around a guarded function asks the breaker each time, and that is what is wanted: the attempts of one caller trip it
//! for all. Stop retrying at a [`Rejected`](crate::Rejected), or wait for its
//! [`retry_after`](crate::Rejected::retry_after). A guarded function with the retry inside counts one failure for all attempts.
