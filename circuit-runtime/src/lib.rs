//! Circuit breakers for Rust services: one attribute on the function that makes the call stops a dead dependency
//! from taking the service with it.
//!
//! ```
//! use circuit_runtime::{Rejected, State, breaker, circuit_breaker};
//!
//! #[derive(Debug, thiserror::Error)]
//! #[error("invalid customer")]
//! struct ValidationError;
//!
//! #[derive(Debug, thiserror::Error)]
//! enum DbError {
//!     #[error("invalid: {0}")]
//!     Validation(#[from] ValidationError),
//!     #[error("the database: {0}")]
//!     Io(#[from] std::io::Error),
//!     #[error(transparent)]
//!     Rejected(#[from] Rejected), // what a refused call returns
//! }
//!
//! #[circuit_breaker(name = "db", threshold = 5, ttl = 60, exclude = [ValidationError])]
//! fn update_customer(id: u64) -> Result<(), DbError> {
//!     if id == 0 {
//!         return Err(ValidationError.into()); // the database answered: no failure
//!     }
//!     Ok(std::fs::write("/nowhere/customers.db", id.to_string())?)
//! }
//!
//! for _ in 0..5 {
//!     assert!(matches!(update_customer(7), Err(DbError::Io(_))));
//! }
//! assert_eq!(breaker!("db").state(), State::Open);
//! assert!(matches!(update_customer(7), Err(DbError::Rejected(_)))); // not made
//! ```
//!
//! # What to read
//!
//! - [`circuit_breaker`]: the attribute, its keys, and what functions it takes;
//! - [`breaker!`] and [`CircuitBreaker`]: reading a breaker, opening and closing it by hand, calls without an attribute;
//! - [`Settings`], [`Mode`], [`Listener`], [`Snapshot`], [`Trip`], [`bypass()`]: telling and asking it more;
//! - [`configure()`]: defaults, settings from files and the environment, listeners, for all breakers at once;
//! - [`registry()`]: all breakers of the program, and the test that finds every contradiction between them;
//! - [`http`]: clients of `reqwest` and services of `tower` guarded without an attribute, one breaker per client, host or prefix;
//! - [`ops`]: a page of all breakers for the people on call, and the same as JSON and as a stream;
//! - [`metrics`]: what breakers do as series of Prometheus, of the facade `metrics` and of OpenTelemetry;
//! - [`Group`]: breakers whose names come along as the program runs, and no more of them than you say;
//! - [`guide`]: what exactly is promised, in prose: [states](guide::states), [half-open](guide::states#lost-probes),
//!   [what counts](guide::outcomes), [policies](guide::policies), [async and cancellation](guide::asynchronous),
//!   [iterators](guide::items), [many processes](guide::fleets), [one name for many functions](guide::names), [configuration](guide::configuration),
//!   [watching](guide::watching), [testing your code](guide::testing), [traps](guide::traps), [limits](guide::limits).
//!
//! # Features
//!
//! | feature | default | what it brings |
//! | --- | --- | --- |
//! | `macros` | yes | [`circuit_breaker`], [`breaker!`], [`derive(Causes)`](derive@Causes) |
//! | `stream` | no | functions that return a `Stream`; by `futures-core` alone |
//! | `serde` | no | [`Settings`] and maps of them ([`Overrides`]) read from any self-describing format; snapshots, trips and events written to any |
//! | `tracing` | no | an event for each change of state, mode, settings and storage: [logs](guide::watching#logs) |
//! | `prometheus` | no | every breaker in a registry of `prometheus-client` 0.26: [`metrics`] |
//! | `metrics` | no | every breaker in the recorder of the facade `metrics` 0.24: [`metrics`] |
//! | `opentelemetry` | no | every breaker as instruments of a `Meter` of `opentelemetry` 0.33: [`metrics`] |
//! | `channel` | no | [`event_channel`], for listeners that need to await; by `tokio`'s `sync` alone |
//! | `redis` | no | one breaker for many processes, through Redis or Valkey: [`RedisStorage`](storage::RedisStorage); `redis-rustls` for TLS, `redis-cluster`, `redis-sentinel` |
//! | `storage` | no | the same through a storage of your own, or in memory: [`storage`]; part of `redis` |
//! | `tower` | no | layers for any service of `tower`, and for clients that speak HTTP: [`http`]; by `tower-layer`, `tower-service`, `http` and `http-body` alone |
//! | `reqwest-middleware` | no | a middleware for `reqwest`: [`http`] |
//! | `http` | no | what both have in common, for clients of other kinds; part of either |
//! | `ops` | no | a page of all breakers, JSON and a live stream, to nest in a router of `axum` 0.8: [`ops`] |
//! | `test-util` | no | [`test_util`]: for each test breakers of its own, and time that it moves |
//!
//! # Cost
//!
//! A successful call through a closed breaker looks at one word before and at the same word after, and counts itself
//! in a cache line of its own thread: no lock, no read-modify-write, no clock, no allocation, about a nanosecond. A rejected
//! one reads a clock: mostly the system's coarse one, where there is one (64-bit Linux). A failure is one compare-and-swap; with a
//! `window` a lock; and its message is written down if a trip is near. A `window` whose successes are counted as well reads a
//! clock at the end of each call, the coarse one if it is longer than 5 s. A listener, a [`Mode`] other than normal or a `slow_call` sends every call of its breaker
//! down a slower path. What each costs, beside other crates, is measured in the repository's `docs/measured.md`.
//!
//! # Minimum Rust version
//!
//! 1.85. Raising it is a minor release.

// But for two small modules, each with a proof: the system's clock, and the identity of a type that may borrow.
#![deny(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod guide;
#[cfg(feature = "http")]
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
pub mod http;
#[cfg(feature = "ops")]
#[cfg_attr(docsrs, doc(cfg(feature = "ops")))]
pub mod ops;
#[doc(hidden)]
pub mod private;
#[cfg(feature = "storage")]
#[cfg_attr(docsrs, doc(cfg(feature = "storage")))]
pub mod storage;
#[cfg(feature = "test-util")]
#[cfg_attr(docsrs, doc(cfg(feature = "test-util")))]
pub mod test_util;

mod breaker;
#[cfg(feature = "channel")]
mod channel;
mod clock;
mod guard;
mod machine;
mod mix;
mod nearest;
mod observe;
mod poison;
mod registry;
mod scoped;
#[cfg(feature = "serde")]
mod serial;
mod sync;
mod type_id;

pub use breaker::{
    BreakerHandle, CallError, Calls, Causes, CircuitBreaker, Event, EventKind, Failure,
    FailureKind, Listener, ListenerId, Mode, ModeChange, OnCancel, Operation, OwnedPermit, Permit,
    Rejected, Rule, Settings, SettingsChange, SettingsError, Sharing, Snapshot, StateChange,
    StorageChange, Transition, Transitions, Trip, bypass, bypass_async, on_change, on_event,
};
#[cfg(feature = "channel")]
#[cfg_attr(docsrs, doc(cfg(feature = "channel")))]
pub use channel::{EventReceiver, EventSender, event_channel};
#[cfg(feature = "macros")]
#[cfg_attr(docsrs, doc(cfg(feature = "macros")))]
pub use circuit_macros::{Causes, breaker, circuit_breaker};
pub use guard::{FromRejection, Outcome};
pub use machine::State;
#[cfg(any(feature = "metrics", feature = "opentelemetry", feature = "prometheus"))]
#[cfg_attr(
    docsrs,
    doc(cfg(any(feature = "metrics", feature = "opentelemetry", feature = "prometheus")))
)]
pub use observe::metrics;
#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
pub use registry::Overrides;
pub use registry::{
    Configuration, Declaration, Group, GroupSettings, Place, Problem, Registry, RegistryError,
    configure, registry,
};

// The README's code is compiled and run as well; some of it is for tests.
#[cfg(all(
    doctest,
    feature = "ops",
    feature = "prometheus",
    feature = "redis",
    feature = "reqwest-middleware",
    feature = "test-util"
))]
#[doc = include_str!("../../README.md")]
struct Readme;
