//! The state machine: a pure [`step`](state::step) and the one atomic word it is applied to.
//!
//! Knows nothing of names, listeners or users' types; time comes in as a [`Moment`](crate::clock).

mod limits;
mod mark;
#[cfg(all(test, circuit_model))]
mod model;
mod policy;
mod sequence;
mod share;
mod state;
mod stopwatch;
mod successes;
mod window;
mod word;

pub(crate) use limits::{Limits, LimitsCell};
pub(crate) use policy::{Policy, Tally, Windowed};
pub(crate) use share::Share;
pub use state::State;
pub(crate) use state::{Event, LONGEST_AWAY, Verdict, reopens_in, step};
pub(crate) use successes::Successes;
pub(crate) use window::{SLOTS, Window};
#[cfg(feature = "storage")]
pub(crate) use word::OpenedAt;
pub(crate) use word::{AtomicWord, Phase, Watch, Word};
