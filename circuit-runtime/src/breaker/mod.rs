//! A machine with a name: settings, permits, rejections, counters, listeners, the record of its trips.

mod admission;
#[cfg(any(feature = "storage", feature = "test-util"))]
mod adopted;
#[cfg(feature = "test-util")]
mod before;
mod bypass;
mod call;
mod causes;
mod change;
mod circuit;
mod commit;
mod control;
mod counters;
mod ending;
mod event;
mod exclusion;
mod failing;
mod failure;
mod handle;
mod journal;
mod lane;
mod layers;
mod listener;
mod listeners;
mod live;
#[cfg(feature = "storage")]
mod membership;
mod mode;
#[cfg(all(test, circuit_model))]
mod model;
mod on_cancel;
mod owned_permit;
mod parked;
mod permit;
mod quietly;
mod recent;
mod rejected;
mod reopening;
#[cfg(feature = "serde")]
mod setting_value;
mod settings;
mod settings_error;
#[cfg(feature = "serde")]
mod settings_read;
#[cfg(feature = "serde")]
mod settings_written;
mod sharing;
mod snapshot;
mod switch;
mod text;
mod trip;
mod validation;

#[cfg(feature = "test-util")]
pub(crate) use before::Before;
pub use bypass::{bypass, bypass_async};
pub use call::CallError;
pub use causes::{Causes, Inside};
pub use change::{ModeChange, Operation, SettingsChange, StateChange, StorageChange};
pub use circuit::CircuitBreaker;
pub use counters::Calls;
pub use event::{Event, EventKind, on_change, on_event};
pub use failure::{Failure, FailureKind, Message};
pub use handle::BreakerHandle;
pub use journal::{Transition, Transitions};
pub use listener::{Listener, ListenerId};
pub use mode::Mode;
pub use on_cancel::OnCancel;
pub use owned_permit::OwnedPermit;
pub use parked::Parked;
pub use permit::Permit;
pub use rejected::Rejected;
pub use settings::Settings;
pub use settings_error::SettingsError;
pub use sharing::Sharing;
pub use snapshot::Snapshot;
pub use trip::{Rule, Trip};

#[cfg(feature = "storage")]
pub(crate) use adopted::WindowSuccesses;
pub(crate) use causes::{Clues, walk};
#[cfg(feature = "storage")]
pub(crate) use commit::Applied;
pub(crate) use exclusion::Exclusion;
pub(crate) use failure::Reason;
#[cfg(feature = "storage")]
pub(crate) use handle::WeakHandle;
pub(crate) use listeners::Entry as ListenerEntry;
#[cfg(feature = "tracing")]
pub(crate) use listeners::Standing;
pub(crate) use live::Held;
#[cfg(feature = "storage")]
pub(crate) use membership::{Joins, Membership, SyncDone};
pub(crate) use rejected::Refusal;
#[cfg(feature = "serde")]
pub(crate) use settings_read::SettingsOf;
