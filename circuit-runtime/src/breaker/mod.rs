//! A machine with a name: settings, permits, rejections, counters, listeners, the record of its trips.

mod admission;
mod call;
mod causes;
mod circuit;
mod commit;
mod control;
mod counters;
mod ending;
mod exclusion;
mod failing;
mod failure;
mod journal;
mod lane;
mod layers;
mod listener;
mod mode;
#[cfg(all(test, circuit_model))]
mod model;
mod parked;
mod permit;
mod quietly;
mod recent;
mod rejected;
mod reopening;
mod settings;
mod settings_error;
mod snapshot;
mod text;
mod trip;
mod validation;

pub use call::CallError;
pub use causes::{Causes, Inside};
pub use circuit::CircuitBreaker;
pub use counters::Calls;
pub use failure::{Failure, FailureKind, Message};
pub use journal::{Transition, Transitions};
pub use listener::{Listener, ListenerId, StateChange};
pub use mode::Mode;
pub use parked::Parked;
pub use permit::Permit;
pub use rejected::Rejected;
pub use settings::{OnCancel, Settings};
pub use settings_error::SettingsError;
pub use snapshot::Snapshot;
pub use trip::{Rule, Trip};

pub(crate) use causes::{Clues, walk};
pub(crate) use failure::Reason;
pub(crate) use listener::Entry as ListenerEntry;
pub(crate) use rejected::Refusal;
