//! Circuit breakers.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod private;
#[cfg(feature = "test-util")]
#[cfg_attr(docsrs, doc(cfg(feature = "test-util")))]
pub mod test_util;

mod breaker;
mod clock;
mod guard;
mod machine;
mod poison;
mod registry;

pub use breaker::{
    CallError, Calls, Causes, CircuitBreaker, Failure, FailureKind, Listener, ListenerId, Mode,
    OnCancel, Permit, Rejected, Rule, Settings, SettingsError, Snapshot, StateChange, Transition,
    Transitions, Trip,
};
#[cfg(feature = "macros")]
#[cfg_attr(docsrs, doc(cfg(feature = "macros")))]
pub use circuit_macros::{Causes, breaker, circuit_breaker};
pub use guard::{FromRejection, Outcome};
pub use machine::State;
pub use registry::{Declaration, Place, Problem, Registry, RegistryError, registry};
