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
//! a test begins with [`isolate`](crate::test_util::isolate()), and has breakers of its own, as in a program that has just started; and time that stands
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
//! [`configure`](crate::configure()) in an isolated test is the test's own as well, so that a program's start can be tested.
//!
//! # Threads and tasks
//!
//! A `#[tokio::test]` covers the tasks it spawns, which run on its own thread. What runs on others, `spawn_blocking` and the
//! tasks of a multi-threaded runtime included, is taken in by a [handle](crate::test_util::IsolationHandle):
//!
//! ```
//! # #[cfg(feature = "test-util")] {
//! # use circuit_runtime::breaker;
//! # use circuit_runtime::test_util::isolate;
//! # #[tokio::main(flavor = "multi_thread", worker_threads = 1)]
//! # async fn test() {
//! let handle = isolate().handle();
//! let on_thread = handle.clone();
//! std::thread::spawn(move || on_thread.run(|| breaker!("guide/threads", threshold = 1).open())).join().unwrap();
//! tokio::spawn(handle.scope(async { assert!(breaker!("guide/threads").try_acquire().is_err()) })).await.unwrap();
//! # }
//! # test();
//! # }
//! ```
//!
//! A breaker that does not react to what a test does: the call ran on a thread that was not taken in, and met the program's.
//!
//! # Time
//!
//! Time is the breaker's own: `tokio::time::pause` does not move it by itself, since a breaker may be asked from any thread and
//! outside any runtime. One line makes it follow, on the runtime's own threads:
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
//! [`force`](crate::test_util::force()) brings a breaker into a state until a guard is dropped; [`record`](crate::test_util::record)
//! and [`record_all`](crate::test_util::record_all) write down what breakers tell, to be asserted on. A
//! [`ManualClock`](crate::test_util::ManualClock) is time for breakers of one's own. [`test_util`](crate::test_util) has
//! examples, and so has the repository's `examples/testing.rs`.
