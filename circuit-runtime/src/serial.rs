//! How durations, times and settings are written: for what derives `Serialize`.

#![allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde hands fields so")]

use std::time::{Duration, SystemTime};

use serde::{Serialize, Serializer};

use crate::breaker::Settings;
use crate::machine::State;

pub(crate) fn seconds<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    span.as_secs_f64().serialize(serializer)
}

pub(crate) fn seconds_if_any<S: Serializer>(
    span: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    span.map(|span| span.as_secs_f64()).serialize(serializer)
}

pub(crate) fn seconds_by_state<S: Serializer>(
    spans: &[(State, Duration); 3],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(spans.iter().map(|(state, span)| (state.as_str(), span.as_secs_f64())))
}

pub(crate) fn time<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&humantime::format_rfc3339_millis(*time))
}

pub(crate) fn time_if_any<S: Serializer>(
    time: &Option<SystemTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    time.map(|time| humantime::format_rfc3339_millis(time).to_string()).serialize(serializer)
}

pub(crate) fn with_defaults<S: Serializer>(
    settings: &Settings,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    settings.with_defaults().serialize(serializer)
}
