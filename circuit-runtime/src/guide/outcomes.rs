//! What counts as a failure, as a success, and as nothing.
//!
//! | how a call ends | counts as |
//! | --- | --- |
//! | `Ok`; with a `fallback`, any value that is not a `Result` | success |
//! | `Ok(value)` with `failure_if(&value)` | failure; the value is still returned |
//! | in any way but with an ignored error, after longer than `slow_call` | failure |
//! | `Err(error)` | failure |
//! | `Err(error)` that `exclude` matches, or that `only` does not | success: the dependency answered |
//! | `Err(error)` that `ignore` matches | nothing |
//! | a panic, which goes on unwinding | failure |
//! | dropped before its end: a cancelled future, an iterator or a stream without an item | nothing, or a failure with `on_cancel = failure` |
//!
//! An excluded error is a success because the dependency answered, and that is what a breaker wants to know. Where it is not
//! evidence of that, it is one to `ignore`.
//!
//! A server that answers 429 or 503 with `Retry-After` asks not to be called until then. Such a call is made with a permit
//! ([`try_acquire`](crate::CircuitBreaker::try_acquire)) and ends in [`unavailable`](crate::Permit::unavailable): a failure that
//! opens the breaker at once, without a threshold, for the time asked.
//!
//! # Types in errors
//!
//! A type in a list is looked for in the error itself and in everything its `source()` leads to, inside `io::Error`,
//! `Box<dyn Error>`, `Arc` and `anyhow::Error`. `#[error(transparent)]` forwards `source()` past the error it wraps, so that
//! one cannot be seen: derive [`Causes`](crate::Causes) on the error, or name the variant.
//!
//! ```
//! use circuit_runtime::{Causes, Rejected, breaker, circuit_breaker};
//!
//! #[derive(Debug, thiserror::Error)]
//! #[error("no such customer")]
//! struct NoSuchCustomer;
//!
//! #[derive(Debug, thiserror::Error, Causes)]
//! enum DbError {
//!     #[error(transparent)]
//!     Customer(#[from] NoSuchCustomer),
//!     #[error("the database answers {0}")]
//!     Status(u16),
//!     #[error(transparent)]
//!     Rejected(#[from] Rejected),
//! }
//!
//! #[circuit_breaker(name = "guide/outcomes", exclude = [NoSuchCustomer, DbError::Status(400..=499)])]
//! fn load(error: DbError) -> Result<(), DbError> {
//!     Err(error)
//! }
//!
//! for (error, failures) in [(NoSuchCustomer.into(), 0), (DbError::Status(404), 0), (DbError::Status(503), 1)] {
//!     assert!(load(error).is_err());
//!     assert_eq!(breaker!("guide/outcomes").failure_count(), failures);
//! }
//! ```
//!
//! What an attribute excludes, it excludes for its own function; what [`configure`](crate::configure()) or
//! [`CircuitBreaker::exclude`](crate::CircuitBreaker::exclude) does, for all functions.
