//! A breaker on one row: what changes from second to second.

use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::breaker::{Calls, Mode, Sharing, Snapshot};
use crate::machine::State;

/// Of a snapshot, what is watched: its fields have the names that they have in the whole one.
#[derive(Serialize)]
pub(super) struct Row<'s> {
    pub(super) name: &'s str,
    pub(super) state: State,
    pub(super) mode: Mode,
    pub(super) failures: u32,
    /// What `failures` are compared with.
    pub(super) threshold: u32,
    pub(super) window_calls: Option<u64>,
    pub(super) successes: u32,
    pub(super) probes_in_flight: u32,
    pub(super) calls: Calls,
    #[serde(serialize_with = "crate::serial::time_if_any")]
    pub(super) opened_at: Option<SystemTime>,
    pub(super) sharing: Sharing,
    /// Why it opened, where that is why it is not closed.
    pub(super) why: Option<String>,
    pub(super) last_failures: &'s [String],
    /// Whether it is what calls share for which a group could make no breaker: in mode `shadow`, as it is to be.
    pub(super) is_overflow: bool,
    /// For how many seconds it has been open: what needs no clock that agrees with this one. What changes by time alone comes
    /// last.
    pub(super) open_for: Option<f64>,
    #[serde(serialize_with = "crate::serial::seconds_if_any")]
    pub(super) retry_after: Option<Duration>,
}

/// How much a row wants to be seen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    Open,
    HalfOpen,
    /// Closed, and something else with it.
    Odd,
    Well,
}

impl<'s> Row<'s> {
    pub(super) fn urgency(&self) -> Urgency {
        match self.state {
            _ if self.is_overflow => Urgency::Well,
            State::Open => Urgency::Open,
            State::HalfOpen => Urgency::HalfOpen,
            State::Closed if self.mode != Mode::Normal => Urgency::Odd,
            State::Closed if self.sharing == Sharing::Local => Urgency::Odd,
            State::Closed => Urgency::Well,
        }
    }

    pub(super) fn of(snapshot: &'s Snapshot, is_overflow: bool, now: SystemTime) -> Self {
        let trip = snapshot.last_trip.as_deref().filter(|_| snapshot.has_opened);
        let since = |opened| now.duration_since(opened).unwrap_or_default().as_secs_f64();
        Self {
            name: &snapshot.name,
            state: snapshot.state,
            mode: snapshot.mode,
            failures: snapshot.failures,
            threshold: snapshot.settings.get_threshold(),
            window_calls: snapshot.window_calls,
            successes: snapshot.successes,
            probes_in_flight: snapshot.probes_in_flight,
            calls: snapshot.calls,
            opened_at: snapshot.opened_at,
            sharing: snapshot.sharing,
            why: trip.map(ToString::to_string),
            last_failures: trip.map_or(&[], |trip| &trip.last_failures),
            is_overflow,
            open_for: snapshot.opened_at.map(since),
            retry_after: snapshot.retry_after,
        }
    }
}
