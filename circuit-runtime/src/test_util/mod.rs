//! For tests: breakers of their own, time that moves only when it is told to, states forced, events recorded.
//!
//! Named breakers are global, and `cargo test` runs its tests side by side. So a test that calls guarded functions begins with
//! [`isolate`]: from then on its thread has breakers of its own, closed and unused, and a clock of its own.
//!
//! ```
//! use std::time::Duration;
//! use circuit_runtime::test_util::{isolate, record_all};
//! use circuit_runtime::{Rejected, State, breaker, circuit_breaker};
//!
//! #[derive(Debug, thiserror::Error)]
//! enum ApiError {
//!     #[error("the service answers {0}")]
//!     Status(u16),
//!     #[error(transparent)]
//!     Rejected(#[from] Rejected),
//! }
//!
//! #[circuit_breaker(name = "weather", threshold = 2, ttl = 60)]
//! fn fetch(status: u16) -> Result<u16, ApiError> {
//!     if status < 500 { Ok(status) } else { Err(ApiError::Status(status)) }
//! }
//!
//! // #[test]
//! fn opens_after_two_failures_and_tries_again_after_a_minute() {
//!     let test = isolate();
//!     let recorder = record_all();
//!
//!     assert!(fetch(503).is_err() && fetch(503).is_err());
//!     assert!(matches!(fetch(200), Err(ApiError::Rejected(_))));
//!
//!     test.advance(Duration::from_secs(60)); // without waiting for it
//!     assert_eq!(fetch(200).unwrap(), 200);
//!     assert_eq!(breaker!("weather").state(), State::Closed);
//!
//!     let changes = recorder.take_state_changes();
//!     assert_eq!(changes, ["closed to open", "open to half-open", "half-open to closed"]);
//! }
//! # opens_after_two_failures_and_tries_again_after_a_minute();
//! ```
//!
//! - [`isolate`]: breakers of the test's own, for its thread; [`Isolation::handle`] takes them to other threads and tasks;
//! - [`ManualClock`]: time for breakers that are made with [`CircuitBreaker::new`](crate::CircuitBreaker::new), by
//!   [`set_clock`](crate::CircuitBreaker::set_clock); and [following](ManualClock::following) `tokio`'s paused time;
//! - [`force`]: a breaker in a given state, until a guard is dropped;
//! - [`record`] and [`record_all`]: what breakers tell, to be asserted on.

mod forced;
mod isolation;
mod recorder;

pub use crate::clock::ManualClock;
pub use forced::{Forced, force};
pub use isolation::{Isolation, IsolationHandle, isolate, isolate_by};
pub use recorder::{Recorder, record, record_all};
