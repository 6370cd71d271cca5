//! A breaker on one row: what changes from second to second.

use std::time::SystemTime;

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
    /// For how many seconds it has been open: what needs no clock that agrees with this one.
    pub(super) open_for: Option<f64>,
    #[serde(serialize_with = "crate::serial::seconds_if_any")]
    pub(super) retry_after: Option<std::time::Duration>,
    pub(super) sharing: Sharing,
    /// Why it opened, where it is not closed again.
    pub(super) why: Option<String>,
    pub(super) last_failures: &'s [String],
}

impl<'s> Row<'s> {
    pub(super) fn of(snapshot: &'s Snapshot, now: SystemTime) -> Self {
        let trip = snapshot.last_trip.as_deref().filter(|_| snapshot.state != State::Closed);
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
            open_for: snapshot.opened_at.map(since),
            retry_after: snapshot.retry_after,
            sharing: snapshot.sharing,
            why: trip.map(ToString::to_string),
            last_failures: trip.map_or(&[], |trip| &trip.last_failures),
        }
    }
}
