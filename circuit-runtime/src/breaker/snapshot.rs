//! One consistent reading of a breaker.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::counters::Calls;
use super::journal::Transitions;
use super::mode::Mode;
use super::settings::Settings;
use super::sharing::Sharing;
use super::trip::Trip;
use crate::machine::State;

/// Everything there is to know of a breaker at one moment. State, counts, times and transitions come from one
/// reading; `calls` are added up just after it. Transitions and times in state add up from when the breaker was made, so
/// that an opening between two readings is seen however short it was.
///
/// With feature `serde` it serializes: durations as seconds, times as RFC 3339 in UTC.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Snapshot {
    /// The breaker's name.
    pub name: Box<str>,
    /// Its state, as [`CircuitBreaker::state`](crate::CircuitBreaker::state) reads it.
    pub state: State,
    /// Its mode.
    pub mode: Mode,
    /// Failures while closed, in a row or in the window.
    pub failures: u32,
    /// Calls in the window while closed, where they are counted: with a `failure_rate`, or `minimum_calls` above the
    /// `threshold`.
    pub window_calls: Option<u64>,
    /// Successful probes in a row while half-open.
    pub successes: u32,
    /// Probes that are out.
    pub probes_in_flight: u32,
    /// How calls ended.
    pub calls: Calls,
    /// When it opened, by the system's clock, if it is open.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serial::time_if_any"))]
    pub opened_at: Option<SystemTime>,
    /// How long until the next call is let in, if the next one is not.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serial::seconds_if_any"))]
    pub retry_after: Option<Duration>,
    /// How often it went from which state to which.
    pub transitions: Transitions,
    /// Time spent closed, open and half-open, now included. An open breaker whose `ttl` has passed goes on
    /// spending its time open until a call comes.
    #[cfg_attr(feature = "serde", serde(serialize_with = "seconds_by_state"))]
    pub time_in_state: [(State, Duration); 3],
    /// The settings in force. Serialized, with all defaults.
    #[cfg_attr(
        feature = "serde",
        serde(serialize_with = "super::settings_written::with_defaults")
    )]
    pub settings: Settings,
    /// Why it opened the last time.
    pub last_trip: Option<Arc<Trip>>,
    /// Whether that is why it is not closed now.
    #[cfg(feature = "ops")]
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) has_opened: bool,
    /// Whether it shares its state with other processes.
    pub sharing: Sharing,
    /// Panics of listeners that were caught.
    pub listener_panics: u64,
}

#[cfg(feature = "serde")]
fn seconds_by_state<S: serde::Serializer>(
    spans: &[(State, Duration); 3],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(spans.iter().map(|(state, span)| (state.as_str(), span.as_secs_f64())))
}
