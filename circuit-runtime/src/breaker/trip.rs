//! Why a breaker opened.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::machine::State;

/// What made a breaker open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// `threshold` failures in a row.
    ConsecutiveFailures,
    /// A probe failed.
    ProbeFailed,
    /// [`CircuitBreaker::open`](crate::CircuitBreaker::open) was called.
    ByHand,
}

/// Why a breaker opened, frozen at the moment it did.
///
/// `Display` puts it into one line:
/// `5 failures in a row (threshold 5), last: connection refused`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trip {
    /// The breaker's name.
    pub breaker: Box<str>,
    /// What made it open.
    pub rule: Rule,
    /// What was counted: failures in a row, or failed probes. Zero by hand.
    pub measured: u32,
    /// What it was compared with: the `threshold`, or 1 for a probe. Zero by hand.
    pub limit: u32,
    /// What the last of these failures said, the latest last; at most 5, of at most 200 bytes each.
    pub last_failures: Vec<String>,
    /// When it opened, by the system's clock.
    pub at: SystemTime,
    /// The state it was in before.
    pub from: State,
    /// How long it stays open.
    pub open_for: Duration,
    /// What looks wrong in how failures were judged, with the remedy: an excluded type that the error converts
    /// from and that was never found in it.
    pub notes: Vec<String>,
}

impl fmt::Display for Trip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rule {
            Rule::ConsecutiveFailures => {
                let Self { measured, limit, .. } = self;
                let noun = if *measured == 1 { "failure" } else { "failures" };
                write!(f, "{measured} {noun} in a row (threshold {limit})")?;
            }
            Rule::ProbeFailed => f.write_str("a probe failed")?,
            Rule::ByHand => f.write_str("opened by hand")?,
        }
        if let Some(last) = self.last_failures.last() {
            write!(f, ", last: {last}")?;
        }
        for note in &self.notes {
            write!(f, "; note: {note}")?;
        }
        Ok(())
    }
}
