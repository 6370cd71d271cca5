//! What all processes share of one breaker, and every decision that is taken on it.
//!
//! A pure step, as the machine's is: no clock, no I/O. Storages that keep a record as a value call it; the script for Redis
//! says the same in Lua, and a test holds the two beside each other.

mod step;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::step::Step;
use super::request::Request;

/// Slots of a shared window.
pub(super) const SLOTS: u64 = 20;
/// How long all are given to say how many calls they made, before a share of them trips.
pub(super) const GATHER: u64 = 100;
/// How long it is until they are asked again.
pub(super) const FRESH: u64 = 500;
/// How many of the last failures are remembered.
pub(super) const TEXTS: usize = 5;
/// After so long, a request that nobody answered is not sent again.
pub(super) const FORGET_SENDERS: u64 = 600_000;

/// One era of a fleet. Its `epoch` tells which is later; its `nonce`, drawn at random, two that a storage began under the
/// same number because it had forgotten the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Era {
    pub(super) epoch: u64,
    pub(super) nonce: u32,
}

/// What all processes share of one breaker.
///
/// Half-open is not written down: it is open with its time over, and the places of its probes are leases.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    pub(super) era: Era,
    /// The era that was known to who began this one because the storage had forgotten it: what others still have to say of
    /// that one is of this.
    pub(super) parent: Option<Era>,
    /// Counts what was written, so that of two words of one era the later is known.
    pub(super) revision: u64,
    /// If it is open.
    pub(super) open: Option<Open>,
    /// If it is closed: failures in a row, or in the window; and calls in the window.
    pub(super) failures: u64,
    pub(super) calls: u64,
    /// What the last failures said, the latest last.
    pub(super) texts: Vec<String>,
    pub(super) mode: Option<String>,
    pub(super) settings: Option<String>,
    /// When all were last asked how many calls they made, and how many had failed by then.
    pub(super) census: u64,
    pub(super) asked: u64,
    /// The length of a slot, and what was counted in each, by its number.
    pub(super) slot: u64,
    pub(super) slots: BTreeMap<u64, Counted>,
    /// The number of the last request of each sender that was done, and when it came.
    pub(super) heard: BTreeMap<String, (u64, u64)>,
}

/// An era in which calls are kept out but for probes. Times are milliseconds by the storage's clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Open {
    pub(super) at: u64,
    pub(super) until: u64,
    /// How long that was to be.
    pub(super) length: u64,
    pub(super) reopenings: u64,
    /// Successful probes in a row.
    pub(super) successes: u64,
    /// Who may probe, and until when.
    pub(super) leases: Vec<(String, u64)>,
    /// Whether somebody was told that all places are taken.
    pub(super) is_wanted: bool,
    pub(super) reason: String,
    pub(super) measured: u64,
    pub(super) calls: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counted {
    pub(super) failures: u64,
    pub(super) successes: u64,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// Whether what was asked for was done, by this request or by the same one sent before.
    pub done: bool,
    /// Whether all others are to be sent the record.
    pub publish: bool,
}

impl Record {
    /// Applies one request to what a storage keeps under the name of a breaker, at `now`: milliseconds since 1970, by the
    /// one clock that the storage has for all. To be called with nobody else between reading the record and writing it.
    pub fn apply(kept: &mut Option<Self>, request: &Request, now: u64) -> Applied {
        let revision = kept.as_ref().map(|record| record.revision);
        let epoch = kept.as_ref().map(|record| record.era.epoch);
        let mut publishes = true;
        let done = Step { request, now, publishes: &mut publishes }.take(kept);
        let written = kept.as_ref().map(|record| record.revision);
        let is_new = epoch != kept.as_ref().map(|record| record.era.epoch);
        Applied { done, publish: (publishes || is_new) && written != revision }
    }

    /// Which of two words is the later.
    pub(super) fn order(&self) -> (u64, u64) {
        (self.era.epoch, self.revision)
    }
}

impl Record {
    /// Failures when all were asked, and calls by their answers: of calls that succeeded since, not all have told.
    fn judged(&self) -> (u64, u64) {
        let failures = self.failures.min(self.asked);
        (failures, failures + (self.calls - self.failures))
    }

    fn add(&mut self, slot: u64, Counted { failures, successes }: Counted) {
        let counted = self.slots.entry(slot).or_default();
        counted.failures = counted.failures.saturating_add(failures);
        counted.successes = counted.successes.saturating_add(successes);
    }

    /// Those that have been silent for long: processes come and go.
    fn forget_senders(&mut self, now: u64) {
        self.heard.retain(|_, (_, at)| at.saturating_add(FORGET_SENDERS) > now);
    }

    /// Begins a closed era in which nothing has happened yet.
    fn close(&mut self, era: Era) {
        *self = Self {
            era,
            revision: self.revision + 1,
            mode: self.mode.take(),
            settings: self.settings.take(),
            heard: std::mem::take(&mut self.heard),
            ..Self::default()
        };
    }
}

#[cfg(test)]
mod tests;
