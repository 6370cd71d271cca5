//! Breakers in front of HTTP clients, and of any service of `tower`: every call guarded, and nothing annotated.
//!
//! # A client of `reqwest`
//!
//! With feature `reqwest-middleware`: [`CircuitBreakerMiddleware`], for `reqwest_middleware::ClientBuilder`.
//!
//! # A service of `tower`
//!
//! With feature `tower`: [`HttpCircuitBreakerLayer`] for clients that speak HTTP, `hyper`'s and `tonic`'s among them;
//! [`CircuitBreakerLayer`] for any other service.
//!
//! # Which breaker
//!
//! | for | give the layer or the middleware |
//! | --- | --- |
//! | one breaker per client | the breaker: `new(breaker!("payments", threshold = 5))` |
//! | one per host | `by(PerHost::of(registry().group("crawler", GroupSettings::new())))`: [`PerHost`] |
//! | one per prefix of the URL, the longest first | `by(Prefixes::new().mount("https://api.example.com/v1", ..)?)`: [`Prefixes`] |
//! | anything else, a tenant in a header for one | `by(\|request: &Request<_>\| ..)`: [`Select`] |
//!
//! All of them are breakers as others are: [`configure`](crate::configure()) gives them defaults, listeners and the storage, once
//! for all clients, and nothing is given to a client but its breakers:
//!
//! ```
//! use std::time::Duration;
//! use circuit_runtime::http::{PerHost, Prefixes};
//! use circuit_runtime::{GroupSettings, breaker, configure, on_change, registry};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! configure()
//!     .default_threshold(3)
//!     .default_ttl(Duration::from_secs(30))
//!     .listener(on_change(|event| eprintln!("{event}")))
//!     // .storage(RedisStorage::new("redis://redis.internal")?)
//!     .install()?;
//!
//! let everywhere = Prefixes::new()
//!     .mount("https://api.example.com/v1", breaker!("clients/v1", slow_call = 10))?
//!     .mount("https://", PerHost::of(registry().group("clients/others", GroupSettings::new())))?;
//! # Ok(())
//! # }
//! ```
//!
//! # What counts
//!
//! [`HttpStatus`]: no connection, a timeout and a 5xx are failures, a 4xx is excluded. [`GrpcStatus`] for gRPC. Anything else is
//! a [`Classify`]er: a closure will do. What another breaker further in has rejected counts as nothing: an error in which a
//! [`Rejected`](crate::Rejected) is found; and to both of these classifiers a [`RejectedResponse`].
//!
//! # What a rejected request comes to
//!
//! An error that [`Rejected::find_in`](crate::Rejected::find_in) looks through; or a response, with
//! `answer_rejected(RejectedResponse::new())`: [`RejectedResponse`].

mod destination;
mod grpc;
mod prefixes;
mod rejected_response;
mod retry_after;
mod select;
mod status;
mod verdict;

#[cfg(any(feature = "tower", feature = "reqwest-middleware"))]
mod body;
#[cfg(any(feature = "tower", feature = "reqwest-middleware"))]
mod call;
#[cfg(any(feature = "tower", feature = "reqwest-middleware"))]
mod ending;
#[cfg(feature = "reqwest-middleware")]
mod reqwest;
#[cfg(feature = "tower")]
mod tower;

#[cfg(any(feature = "tower", feature = "reqwest-middleware"))]
pub use body::GuardedBody;
pub use destination::{Addressed, Destination};
pub use grpc::GrpcStatus;
pub use prefixes::{PrefixError, Prefixes};
pub use rejected_response::{RejectedResponse, X_CIRCUIT_BREAKER};
pub use select::{Guards, PerHost, Select};
pub use status::HttpStatus;
pub use verdict::{BoxError, Classify, Errors, JudgeTrailers, Verdict};

#[cfg(feature = "reqwest-middleware")]
#[cfg_attr(docsrs, doc(cfg(feature = "reqwest-middleware")))]
pub use self::reqwest::CircuitBreakerMiddleware;
#[cfg(feature = "tower")]
#[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
pub use self::tower::{
    AnswerRejected, CircuitBreakerLayer, CircuitBreakerService, Conclude, ConcludeAny,
    ConcludeHttp, FailRejected, HttpCircuitBreakerLayer, HttpCircuitBreakerService, OnRejection,
    ResponseFuture,
};
