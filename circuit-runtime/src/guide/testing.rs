//! Testing code that is guarded: breakers of the test's own, time that it moves.
//!
//! Named breakers are global, and `cargo test` runs tests side by side: one that trips a breaker would make another fail. With
//! feature `test-util` among the dev-dependencies,
//!
//! ```toml
//! [dev-dependencies]
//! circuit-runtime = { version = "0.1", features = ["test-util"] }
//! ```
//!
//! a test begins with `isolate()`, and has breakers of its own, as in a program that has just started; and time that stands
//! still until the test moves it. No test has to sleep.
//!
//! ```
//! # #[cfg(feature = "test-util")] {
//! use std::time::Duration;
//! use circuit_runtime::test_util::isolate;
//! use circuit_runtime::{Rejected, State, breaker, circuit_breaker};
//! # #[derive(Debug, thiserror::Error)]
//! # enum ApiError { #[error("down")] Down, #[error(transparent)] Rejected(#[from] Rejected) }
//!
//! #[circuit_breaker(name = "guide/testing", threshold = 2, ttl = "30s")]
//! fn fetch(is_up: bool) -> Result<(), ApiError> {
//!     if is_up { Ok(()) } else { Err(ApiError::Down) }
//! }
//!
//! // #[test]
//! fn tries_again_after_thirty_seconds() {
//!     let test = isolate();
//!     assert!(fetch(false).is_err() && fetch(false).is_err());
//!     assert!(matches!(fetch(true), Err(ApiError::Rejected(_))));
//!
//!     test.advance(Duration::from_secs(30));
//!     assert!(fetch(true).is_ok());
//!     assert_eq!(breaker!("guide/testing").state(), State::Closed);
//! }
//! # tries_again_after_thirty_seconds();
//! # }
//! ```
//!
//! In a `#[tokio::test]` this covers the tasks it spawns. Threads and the tasks of a multi-threaded runtime are taken in by the
//! isolation's `handle()`. `configure()` in an isolated test is the test's own as well, so that a program's start can be tested.
//!
//! # Time
//!
//! Time is the breaker's own: `tokio::time::pause` does not move it by itself, since a breaker may be asked from any thread and
//! outside any runtime. One line makes it follow:
//!
//! ```
//! # #[cfg(feature = "test-util")] {
//! # use circuit_runtime::test_util::{ManualClock, isolate_by};
//! let start = tokio::time::Instant::now();
//! let test = isolate_by(&ManualClock::following(move || start.elapsed()));
//! # }
//! ```
//!
//! # What else there is
//!
//! `force(breaker, state)` brings a breaker into a state until a guard is dropped; `record(breaker)` and `record_all()` write
//! down what breakers tell, to be asserted on. The module `test_util` has examples, and so has the example `testing`.
