//! Why a breaker opened.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::machine::{Limits, Phase, Policy, State, Tally};

/// What made a breaker open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Rule {
    /// `threshold` failures in a row.
    ConsecutiveFailures,
    /// `threshold` failures within the `window`; among `minimum_calls`, where those were given.
    FailuresInWindow,
    /// The share `failure_rate` of the calls within the `window`, and `threshold` failures at least.
    FailureRate,
    /// A probe failed.
    ProbeFailed,
    /// A call failed, and the dependency said for how long it will be away: [`Permit::unavailable`](crate::Permit::unavailable).
    RetryAfter,
    /// [`CircuitBreaker::open`](crate::CircuitBreaker::open) was called.
    ByHand,
    /// Another process of the fleet opened it, and did not say why in words that this one knows.
    Elsewhere,
}

impl Rule {
    /// The rule's name in logs and in serialized form: `"consecutive_failures"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConsecutiveFailures => "consecutive_failures",
            Self::FailuresInWindow => "failures_in_window",
            Self::FailureRate => "failure_rate",
            Self::ProbeFailed => "probe_failed",
            Self::RetryAfter => "retry_after",
            Self::ByHand => "by_hand",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// Why a breaker opened, frozen at the moment it did.
///
/// `Display` puts it into one line:
/// `5 failures in a row (threshold 5), last: connection refused`, or
/// `7 failures in 40 calls within 120s (17.5 %, failure_rate 10 %), last: connection refused`, or
/// `asked to retry later (open for 30s), last: 503 Service Unavailable`.
///
/// ```
/// # use circuit_runtime::{CircuitBreaker, Rule, Settings};
/// # let breaker = CircuitBreaker::new("db", Settings::new().threshold(2))?;
/// breaker.try_acquire()?.failure(&"timed out");
/// breaker.try_acquire()?.failure(&"connection refused");
/// let trip = breaker.last_trip().unwrap();
/// assert_eq!((trip.rule, trip.measured, trip.limit), (Rule::ConsecutiveFailures, 2, 2));
/// assert_eq!(trip.last_failures, ["timed out", "connection refused"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Trip {
    /// The breaker's name.
    pub breaker: Box<str>,
    /// What made it open.
    pub rule: Rule,
    /// What was counted: failures, in a row or in the window, or failed probes; 1 with [`Rule::RetryAfter`]. Zero by hand.
    pub measured: u32,
    /// What it was compared with: the `threshold`, or 1 for a probe and with [`Rule::RetryAfter`]. Zero by hand.
    pub limit: u32,
    /// The window that it was counted in, if it was one.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serial::seconds_if_any"))]
    pub window: Option<Duration>,
    /// Calls in the window, failures included, where they are counted: with a `failure_rate`, or `minimum_calls` above
    /// the threshold.
    pub calls: Option<u64>,
    /// The `failure_rate` that was reached, if there is one.
    pub failure_rate: Option<f64>,
    /// The `minimum_calls` that were reached, if they are more than the `threshold`.
    pub minimum_calls: Option<u32>,
    /// What the last of these failures said, the latest last; at most 5, of at most 200 bytes each.
    pub last_failures: Vec<String>,
    /// When it opened, by the system's clock.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serial::time"))]
    pub at: SystemTime,
    /// The state it was in before.
    pub from: State,
    /// How long it stays open.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serial::seconds"))]
    pub open_for: Duration,
    /// The process that found it out, where it became known through the fleet: the name of its
    /// [instance](crate::guide::fleets).
    pub instance: Option<Box<str>>,
    /// What looks wrong in how failures were judged, with the remedy: an excluded type that the error converts
    /// from and that was never found in it.
    pub notes: Vec<String>,
}

/// The part of a [`Trip`] that says what was measured against what.
pub(super) struct Finding {
    pub(super) rule: Rule,
    pub(super) measured: u32,
    pub(super) limit: u32,
    pub(super) window: Option<Duration>,
    pub(super) calls: Option<u64>,
    pub(super) failure_rate: Option<f64>,
    pub(super) minimum_calls: Option<u32>,
}

impl Finding {
    pub(super) const BY_HAND: Self = Self::plain(Rule::ByHand, 0, 0);
    pub(super) const RETRY_AFTER: Self = Self::plain(Rule::RetryAfter, 1, 1);

    const fn plain(rule: Rule, measured: u32, limit: u32) -> Self {
        Self {
            rule,
            measured,
            limit,
            window: None,
            calls: None,
            failure_rate: None,
            minimum_calls: None,
        }
    }

    /// What the failure was that tripped a breaker which stood at `before`.
    pub(super) fn of(before: Phase, tally: Tally, limits: &Limits) -> Self {
        let Phase::Closed { failures } = before else {
            return Self::plain(Rule::ProbeFailed, 1, 1);
        };
        let Policy::Windowed(window) = limits.policy else {
            let failures = failures.saturating_add(1);
            return Self::plain(Rule::ConsecutiveFailures, failures, limits.threshold);
        };
        let failure_rate = Some(window.rate.get()).filter(|rate| *rate > 0.0);
        let rule = match failure_rate {
            Some(_) => Rule::FailureRate,
            None => Rule::FailuresInWindow,
        };
        Self {
            rule,
            measured: u32::try_from(tally.failures).unwrap_or(u32::MAX),
            limit: limits.threshold,
            window: Some(window.duration()),
            calls: limits.counted_calls().map(|_| tally.calls),
            failure_rate,
            minimum_calls: Some(window.minimum_calls).filter(|calls| *calls > limits.threshold),
        }
    }
}

impl Trip {
    fn write_count(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { measured, limit, .. } = self;
        let noun = if *measured == 1 { "failure" } else { "failures" };
        write!(f, "{measured} {noun}")?;
        let Some(window) = self.window else {
            return write!(f, " in a row (threshold {limit})");
        };
        if let Some(calls) = self.calls {
            let noun = if calls == 1 { "call" } else { "calls" };
            write!(f, " in {calls} {noun}")?;
        }
        write!(f, " within {window:?}")?;
        match (self.failure_rate, self.calls) {
            (Some(rate), Some(calls)) => {
                let (measured, limit) = (Percent::of(*measured, calls), Percent(rate * 100.0));
                write!(f, " ({measured}, failure_rate {limit}")?;
            }
            _ => write!(f, " (threshold {limit}")?,
        }
        if let Some(calls) = self.minimum_calls {
            write!(f, ", minimum_calls {calls}")?;
        }
        f.write_str(")")
    }
}

/// With at most two digits behind the point.
struct Percent(f64);

impl Percent {
    #[allow(
        clippy::cast_precision_loss,
        reason = "for a reader; what trips is compared in integers"
    )]
    fn of(part: u32, whole: u64) -> Self {
        Self(f64::from(part) * 100.0 / whole.max(1) as f64)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:.2}", self.0);
        write!(f, "{} %", digits.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl fmt::Display for Trip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rule {
            Rule::ConsecutiveFailures | Rule::FailuresInWindow | Rule::FailureRate => {
                self.write_count(f)?;
            }
            Rule::ProbeFailed => f.write_str("a probe failed")?,
            Rule::RetryAfter => write!(f, "asked to retry later (open for {:?})", self.open_for)?,
            Rule::ByHand => f.write_str("opened by hand")?,
            Rule::Elsewhere => f.write_str("opened by another process")?,
        }
        if let Some(last) = self.last_failures.last() {
            write!(f, ", last: {last}")?;
        }
        if let Some(instance) = &self.instance {
            write!(f, "; found by {instance}")?;
        }
        for note in &self.notes {
            write!(f, "; note: {note}")?;
        }
        Ok(())
    }
}
