//! What changed, as listeners see it.

use std::sync::Arc;

use super::mode::Mode;
use super::settings::Settings;
use super::trip::Trip;
use crate::machine::State;

/// One change of state.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StateChange {
    /// The state before.
    pub from: State,
    /// The state now.
    pub to: State,
    /// Why, where `to` is [`State::Open`].
    pub trip: Option<Arc<Trip>>,
    /// Which of this breaker's changes of state it is, from 1.
    pub number: u64,
}

/// One change of mode.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ModeChange {
    /// The mode before.
    pub from: Mode,
    /// The mode now.
    pub to: Mode,
}

/// One change of the settings in force.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SettingsChange {
    /// The settings before.
    pub before: Settings,
    /// The settings now.
    pub after: Settings,
}
