//! Why a breaker opened, in words that another process understands.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::record::{Open, Record};
use crate::breaker::{Rule, Trip};
use crate::machine::{Limits, Policy, State};

/// A [`Trip`] without what was counted: that, the record says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Reason {
    rule: Rule,
    limit: u32,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    window_ms: Option<u64>,
    /// Whether calls were counted.
    counts_calls: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    failure_rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    minimum_calls: Option<u32>,
    from: State,
    by: String,
}

impl Reason {
    /// What a trip was that `by` has found.
    pub(super) fn of(trip: &Trip, by: &str) -> Self {
        let window_ms = trip.window.map(|window| u64::try_from(window.as_millis()).unwrap_or(0));
        Self {
            rule: trip.rule,
            limit: trip.limit,
            window_ms,
            counts_calls: trip.calls.is_some(),
            failure_rate: trip.failure_rate,
            minimum_calls: trip.minimum_calls,
            from: trip.from,
            by: by.to_owned(),
        }
    }

    pub(super) fn by_hand(by: &str) -> Self {
        Self {
            rule: Rule::ByHand,
            limit: 0,
            window_ms: None,
            counts_calls: false,
            failure_rate: None,
            minimum_calls: None,
            from: State::Closed,
            by: by.to_owned(),
        }
    }

    /// What a trip would be that the next count brings about.
    pub(super) fn ahead(limits: &Limits, by: &str) -> Self {
        let consecutive =
            Self { rule: Rule::ConsecutiveFailures, limit: limits.threshold, ..Self::by_hand(by) };
        let Policy::Windowed(rule) = limits.policy else { return consecutive };
        let failure_rate = Some(rule.rate.get()).filter(|rate| *rate > 0.0);
        Self {
            rule: failure_rate.map_or(Rule::FailuresInWindow, |_| Rule::FailureRate),
            window_ms: u64::try_from(rule.duration().as_millis()).ok(),
            counts_calls: limits.counted_calls().is_some(),
            failure_rate,
            minimum_calls: Some(rule.minimum_calls).filter(|calls| *calls > limits.threshold),
            ..consecutive
        }
    }

    pub(super) fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Why a breaker is open, as its record tells; what cannot be read, because a later version wrote it, is left out.
pub(super) fn trip_of(breaker: &str, record: &Record, open: &Open) -> Arc<Trip> {
    let reason: Option<Reason> = serde_json::from_str(&open.reason).ok();
    let read = |read: fn(&Reason) -> Option<u32>| reason.as_ref().and_then(read);
    let counts_calls = reason.as_ref().is_some_and(|reason| reason.counts_calls);
    let window_ms = reason.as_ref().and_then(|reason| reason.window_ms);
    Arc::new(Trip {
        breaker: breaker.into(),
        rule: reason.as_ref().map_or(Rule::Elsewhere, |reason| reason.rule),
        measured: u32::try_from(open.measured).unwrap_or(u32::MAX),
        limit: read(|reason| Some(reason.limit)).unwrap_or_default(),
        window: window_ms.map(Duration::from_millis),
        calls: counts_calls.then_some(open.calls),
        failure_rate: reason.as_ref().and_then(|reason| reason.failure_rate),
        minimum_calls: read(|reason| reason.minimum_calls),
        last_failures: record.texts.clone(),
        at: time(open.at),
        from: reason.as_ref().map_or(State::Closed, |reason| reason.from),
        open_for: Duration::from_millis(open.length),
        instance: reason.map(|reason| reason.by.into()),
        notes: Vec::new(),
    })
}

/// A time by the storage's clock. One that no clock shows is none.
pub(super) fn time(millis: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_millis(millis))
        .unwrap_or(SystemTime::UNIX_EPOCH)
}
