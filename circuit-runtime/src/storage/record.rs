//! What all processes share of one breaker, and every decision that is taken on it.
//!
//! A pure step, as the machine's is: no clock, no I/O. Storages that keep a record as a value call it; the script for Redis
//! says the same in Lua, and a test holds the two beside each other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::request::{Action, Answer, Count, Opening, Request, Slot, To, Windowed};

/// Slots of a shared window.
pub(super) const SLOTS: u64 = 20;
/// How long all are given to say how many calls they made, before a share of them trips.
pub(super) const GATHER: u64 = 100;
/// How long it is until they are asked again.
pub(super) const FRESH: u64 = 500;
/// How many of the last failures are remembered.
const TEXTS: usize = 5;
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

struct Step<'a> {
    request: &'a Request,
    now: u64,
    publishes: &'a mut bool,
}

impl Step<'_> {
    fn take(&mut self, kept: &mut Option<Record>) -> bool {
        let known = self.request.known;
        let is_lost = kept.as_ref().is_none_or(|record| record.era.epoch < known.epoch);
        if let (false, Some(answer)) = (is_lost, self.answer_again(kept.as_ref())) {
            return answer;
        }
        let begins_anew = match &self.request.action {
            Action::Look => return true,
            Action::Lease { .. } | Action::Settle { .. } if is_lost => return false,
            Action::Lease { .. } | Action::Settle { .. } => false,
            Action::Count(_) | Action::Move { .. } | Action::Set { .. } => is_lost,
        };
        let record = kept.get_or_insert_default();
        if begins_anew {
            // The storage has forgotten, all or the latest of it: what comes is later than what anybody knows.
            record.close(Era { epoch: known.epoch.saturating_add(1), nonce: self.request.fresh });
            record.parent = Some(known);
        }
        let is_known = begins_anew || record.era == known;
        if let Some(open) = &mut record.open {
            // The clock has been put back.
            open.until = open.until.min(self.now.saturating_add(open.length));
        }
        match &self.request.action {
            Action::Look => true,
            Action::Count(count) => {
                (is_known || record.parent == Some(known)) && self.count(record, count)
            }
            Action::Lease { .. } => is_known && self.lease(record),
            Action::Settle { token, answer, success_threshold, open } => {
                is_known && self.settle(record, token, *answer, (*success_threshold, open))
            }
            Action::Move { to, is_by_hand, open, reopenings, measured, calls } => {
                if !(is_known || *is_by_hand) {
                    return false;
                }
                self.hear(record);
                match to {
                    // It is so already, and somebody may be about to find out more.
                    To::Closed if record.open.is_none() && !is_by_hand => {}
                    To::Open if record.open.is_some() && !is_by_hand => {}
                    To::Closed => record.close(self.next_era(record)),
                    To::Open => self.open(record, open, *reopenings, (*measured, *calls)),
                }
                true
            }
            Action::Set { mode, settings } => {
                self.hear(record);
                record.revision += 1;
                record.mode = mode.clone().or(record.mode.take());
                record.settings = settings.clone().or(record.settings.take());
                true
            }
        }
    }

    /// What is answered where this request, or a later one of the same sender, has been here before.
    fn answer_again(&self, kept: Option<&Record>) -> Option<bool> {
        let Request { sender, number, action, .. } = self.request;
        let record = kept?;
        let (last, _) = record.heard.get(sender)?;
        match action {
            _ if last < number => None,
            Action::Look => None,
            Action::Lease { token, .. } => {
                let open = record.open.as_ref();
                Some(open.is_some_and(|open| open.leases.iter().any(|lease| lease.0 == *token)))
            }
            _ => Some(true),
        }
    }

    fn hear(&self, record: &mut Record) {
        let sender = self.request.sender.clone();
        if record.heard.insert(sender, (self.request.number, self.now)).is_none() {
            record.forget_senders(self.now);
        }
    }

    fn next_era(&self, record: &Record) -> Era {
        Era { epoch: record.era.epoch.saturating_add(1), nonce: self.request.fresh }
    }

    fn open(&self, record: &mut Record, open: &Opening, reopenings: u64, found: (u64, u64)) {
        let now = self.now;
        let texts = if open.texts.is_empty() { record.texts.clone() } else { open.texts.clone() };
        record.close(self.next_era(record));
        record.texts = texts;
        record.open = Some(Open {
            at: now,
            until: now.saturating_add(open.open_for),
            length: open.open_for,
            reopenings,
            reason: open.reason.clone(),
            measured: found.0,
            calls: found.1,
            ..Open::default()
        });
        record.forget_senders(now);
    }

    fn count(&mut self, record: &mut Record, count: &Count) -> bool {
        if record.open.is_some() {
            return false;
        }
        self.hear(record);
        record.revision += 1;
        if count.reset {
            record.texts.clear();
        }
        record.texts.extend(count.open.texts.iter().cloned());
        let forgotten = record.texts.len().saturating_sub(TEXTS);
        record.texts.drain(..forgotten);
        let trips = match &count.window {
            None => {
                // What was counted in a window is no run.
                let is_run = !count.reset && record.slot == 0;
                let before = if is_run { record.failures } else { 0 };
                // That a run has begun, or ended, is news; how long it is, the record knows.
                *self.publishes = record.failures == 0 || count.reset;
                (record.slot, record.slots) = (0, BTreeMap::new());
                record.failures = before.saturating_add(count.failures);
                record.calls = record.failures;
                count.failures > 0 && record.failures >= count.threshold
            }
            Some(window) => self.count_in_window(record, window, count.threshold),
        };
        if trips {
            let found = match &count.window {
                Some(window) if window.counts_calls => record.judged(),
                _ => (record.failures, record.calls),
            };
            // The last failures of all, not of this one process.
            let open = Opening { texts: Vec::new(), ..count.open.clone() };
            self.open(record, &open, 0, found);
            *self.publishes = true;
        }
        true
    }

    fn count_in_window(&mut self, record: &mut Record, window: &Windowed, threshold: u64) -> bool {
        let length = window.slot.max(1);
        if record.slot != length {
            // Another version of the program, or other settings: what lies in both windows is kept.
            let before = std::mem::replace(&mut record.slot, length);
            for (number, counted) in std::mem::take(&mut record.slots) {
                record.add(number.saturating_mul(before) / length, counted);
            }
        }
        for slot in &window.slots {
            let Slot { age, failures, successes } = *slot;
            record.add(self.now.saturating_sub(age) / length, Counted { failures, successes });
        }
        let oldest = (self.now / length + 1).saturating_sub(SLOTS);
        record.slots = record.slots.split_off(&oldest);
        let failures: u64 = record.slots.values().map(|counted| counted.failures).sum();
        let successes: u64 = record.slots.values().map(|counted| counted.successes).sum();
        (record.failures, record.calls) = (failures, failures + successes);
        *self.publishes = false;
        let is_reached = |(failures, calls): (u64, u64)| {
            failures >= threshold
                && failures > 0
                && calls >= window.minimum_calls
                && u128::from(failures) * 1_000_000_000
                    >= u128::from(window.rate) * u128::from(calls)
        };
        let is_near = is_reached((record.failures, record.calls));
        if !(is_near && window.counts_calls) {
            return is_near;
        }
        // Those who see no failures have not said how many calls they made: they are asked, and given the time to answer.
        let since = self.now.checked_sub(record.census).filter(|since| *since <= FRESH);
        if since.is_none() {
            (record.census, record.asked) = (self.now, record.failures);
            *self.publishes = true;
        }
        since.is_some_and(|since| since >= GATHER) && is_reached(record.judged())
    }

    fn lease(&mut self, record: &mut Record) -> bool {
        let Action::Lease { token, length, ahead, probes, is_standby } = &self.request.action
        else {
            return false;
        };
        let Some(open) = &mut record.open else { return false };
        let now = self.now;
        let expiry = now.max(open.until).saturating_add(*length);
        // One that ends later than any can was given before the clock was put back.
        open.leases.iter_mut().for_each(|lease| lease.1 = lease.1.min(expiry));
        open.leases.retain(|(holder, expiry)| *expiry > now || holder == token);
        if let Some(at) = open.leases.iter().position(|(holder, _)| holder == token) {
            if *is_standby && open.is_wanted {
                // It is somebody else's turn.
                open.leases.remove(at);
                open.is_wanted = false;
                self.hear(record);
                record.revision += 1;
                return false;
            }
            open.leases[at].1 = expiry;
            self.hear(record);
            return true;
        }
        if open.until > now.saturating_add(*ahead) {
            return false;
        }
        if open.leases.len() as u64 >= *probes {
            open.is_wanted = true;
            return false;
        }
        open.leases.push((token.clone(), expiry));
        self.hear(record);
        record.revision += 1;
        true
    }

    fn settle(
        &self,
        record: &mut Record,
        token: &str,
        answer: Answer,
        (success_threshold, opening): (u64, &Opening),
    ) -> bool {
        let Some(open) = &mut record.open else { return false };
        let Some(at) = open.leases.iter().position(|(holder, _)| holder == token) else {
            return false;
        };
        open.leases.remove(at);
        open.is_wanted = false;
        record.revision += 1;
        self.hear(record);
        let Some(open) = &mut record.open else { return true };
        match answer {
            Answer::Nothing => {}
            Answer::Success => {
                open.successes += 1;
                if open.successes >= success_threshold {
                    record.close(self.next_era(record));
                }
            }
            Answer::Failure => {
                let reopenings = open.reopenings + 1;
                self.open(record, opening, reopenings, (1, 0));
            }
        }
        true
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
