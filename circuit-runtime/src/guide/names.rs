//! One name, one breaker: shared by functions, declared once, checked before anything happens.
//!
//! A breaker belongs to a dependency, not to a function. All functions that call it carry its name, and one of them its
//! settings:
//!
//! ```
//! use circuit_runtime::{Rejected, breaker, circuit_breaker, registry};
//! # #[derive(Debug, thiserror::Error)]
//! # enum DbError { #[error("down")] Down, #[error(transparent)] Rejected(#[from] Rejected) }
//!
//! #[circuit_breaker(name = "guide/names", threshold = 2, ttl = "30s")]
//! fn read() -> Result<(), DbError> {
//!     Err(DbError::Down)
//! }
//!
//! #[circuit_breaker(name = "guide/names")]
//! fn write() -> Result<(), DbError> {
//!     Err(DbError::Down)
//! }
//!
//! assert!(read().is_err() && write().is_err());
//! assert!(matches!(write(), Err(DbError::Rejected(_))));
//! assert_eq!(breaker!("guide/names").snapshot().calls.failure, 2);
//! ```
//!
//! Several declarations may give settings for one name, each key once, or twice the same. Where two differ, which function runs
//! first must not decide: the first use of either panics, and [`verify`](crate::Registry::verify) finds it before, with both
//! places. So does a [`breaker!`](crate::breaker)`("name")` that nothing declares, with the nearest name that something does.
//! Every program wants this test:
//!
//! ```
//! # /*
//! #[test]
//! # */
//! fn circuit_breakers_agree() {
//!     circuit_runtime::registry().verify().unwrap();
//! }
//! # circuit_breakers_agree();
//! ```
//!
//! In a file of `tests/`, say `use my_crate as _;`: of a crate that nothing uses nothing is linked, and there is nothing to agree.
//! Settings that only together contradict each other (`max_ttl = 5` below the default `ttl`) are found there too.
//!
//! All declarations of the program are known before its first call, those in functions that never run included:
//! [`declarations`](crate::Registry::declarations), [`iter`](crate::Registry::iter),
//! [`snapshots`](crate::Registry::snapshots). A generic function has one breaker for all types.
//!
//! Names that are known only at run time are registered: [`get_or_register`](crate::Registry::get_or_register). Those whose
//! number nobody knows beforehand, of hosts for one, are members of a [`Group`](crate::Group), which forgets idle ones. A breaker that belongs to a value, and to no name, is made with
//! [`CircuitBreaker::new`](crate::CircuitBreaker::new).
//!
//! The doctests of a crate in edition 2024 are one program, so two that declare one name differently contradict each other: use
//! a name of its own in each.
