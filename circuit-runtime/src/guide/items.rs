//! Iterators and streams: one call with one outcome, told by the items.
//!
//! The first counted `Err` item is the failure; the end, or the drop after at least one good item, the success; a drop before
//! any item is a cancelled call. Items behind an error still come through, and count no more. Rejected, an iterator or a stream
//! yields one `Err(E::from(Rejected))` and ends.
//!
//! ```
//! use circuit_runtime::{Rejected, State, breaker, circuit_breaker};
//!
//! #[derive(Debug, thiserror::Error)]
//! enum DbError {
//!     #[error("the connection was lost")]
//!     Lost,
//!     #[error(transparent)]
//!     Rejected(#[from] Rejected),
//! }
//!
//! #[circuit_breaker(name = "guide/items", threshold = 1)]
//! fn rows(until: u32) -> impl Iterator<Item = Result<u32, DbError>> {
//!     (0..=until).map(move |row| if row < until { Ok(row) } else { Err(DbError::Lost) })
//! }
//!
//! assert_eq!(rows(9).take(3).count(), 3); // dropped after a good item: a success
//! assert_eq!(breaker!("guide/items").state(), State::Closed);
//! assert_eq!(rows(9).filter_map(Result::ok).count(), 9);
//! assert!(matches!(rows(9).next(), Some(Err(DbError::Rejected(_)))));
//! ```
//!
//! Where an iterator or a stream is inside a `Result`, the error of that one is the outcome if there is one, and carries the
//! rejection; the items may then be of any type. Streams need feature `stream`.
//!
//! While half-open, an iterator or a stream that somebody holds on to keeps its place as a probe until its first counted error,
//! its end or its drop, or until `probe_timeout`. A `slow_call` compares the sum of the times that its items were waited for, so
//! a stream that goes on for ever is slow sooner or later: none for a subscription.
