//! What the others have not been told yet of the calls of a closed breaker.

use super::record::{SLOTS, TEXTS};
use super::request::Slot;
use crate::clock::Moment;
use crate::machine::{Limits, Windowed};

/// Calls of one era.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pending {
    /// Whether one succeeded, before those that failed.
    pub(super) reset: bool,
    /// In a row.
    pub(super) failures: u64,
    /// In a window: when, in nanoseconds, and how many. The latest last.
    pub(super) slots: Vec<(u64, u64)>,
    /// What the last of them said, the latest last.
    pub(super) texts: Vec<String>,
    /// Whether all are asked how many calls they made, or it is time to look at what they said.
    pub(super) is_asked: bool,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        !(self.reset || self.failures > 0 || !self.slots.is_empty() || self.is_asked)
    }

    pub(super) fn succeeded(&mut self) {
        *self = Self { reset: true, is_asked: self.is_asked, ..Self::default() };
    }

    /// A run of failures is over that nobody has been told of.
    pub(super) fn forget_run(&mut self) {
        self.failures = 0;
        if self.slots.is_empty() {
            self.texts.clear();
        }
    }

    pub(super) fn failed(&mut self, text: Option<String>, limits: &Limits, now: Moment) {
        match limits.policy {
            crate::machine::Policy::Consecutive => self.failures += 1,
            crate::machine::Policy::Windowed(rule) => {
                let slot = slot_of(&rule) * 1_000_000;
                let begin = now.nanos() - now.nanos() % slot;
                match self.slots.last_mut() {
                    Some((at, failures)) if *at == begin => *failures += 1,
                    _ => {
                        // Those that have left the window by now.
                        let length = slot.saturating_mul(SLOTS);
                        self.slots.retain(|(at, _)| at.saturating_add(length) > begin);
                        self.slots.push((begin, 1));
                    }
                }
            }
        }
        self.texts.extend(text);
        let forgotten = self.texts.len().saturating_sub(TEXTS);
        self.texts.drain(..forgotten);
    }

    /// The slots by their age, with `successes` of so many nanoseconds ago.
    pub(super) fn slots(&self, successes: &[(u64, u64)], slot: u64, now: Moment) -> Vec<Slot> {
        let failures = self
            .slots
            .iter()
            .map(|(at, failures)| (now.nanos().saturating_sub(*at) / 1_000_000, *failures, 0));
        let successes = successes.iter().map(|(age, successes)| (age / 1_000_000, 0, *successes));
        let mut slots = std::collections::BTreeMap::<u64, Slot>::new();
        for (age, failures, successes) in failures.chain(successes) {
            let age = age - age % slot;
            let of_age = slots.entry(age).or_insert(Slot { age, failures: 0, successes: 0 });
            of_age.failures += failures;
            of_age.successes += successes;
        }
        slots.into_values().filter(|of_age| of_age.age < slot * SLOTS).collect()
    }
}

/// Milliseconds of one slot of the window that all share.
pub(super) fn slot_of(rule: &Windowed) -> u64 {
    (rule.length() / 1_000_000 / SLOTS).max(1)
}
