//! What the failure of a call does.

use std::fmt::Display;
use std::time::Duration;

use super::bypass::{anybody_bypasses, counts};
use super::causes::Clues;
use super::circuit::CircuitBreaker;
use super::commit::{Applied, Notes};
use super::counters::Ending;
use super::failure::{Failure, Message, Reason, Slow};
use super::journal::KEPT_FAILURES;
use super::text::Text;
use crate::machine::{Event, Limits, Phase, Policy, Tally, Word};
use crate::poison::Unpoisoned;
use crate::sync::atomic::Ordering;

/// How many failures in a row neither trip nor are told of by the trip.
pub(super) fn early_failures(limits: &Limits) -> u32 {
    match limits.policy {
        Policy::Consecutive => limits.threshold.saturating_sub(KEPT_FAILURES),
        Policy::Windowed(_) => 0,
    }
}

impl CircuitBreaker {
    /// Counts the failure if it is one of many that are no news: unwatched, far from a trip, and nothing excludes its error.
    #[inline]
    pub(super) fn failed_early(&self, permit: Word) -> bool {
        let early = self.early_failures.load(Ordering::Relaxed);
        if early == 0 || anybody_bypasses() || !self.exclusions.is_empty() {
            return false;
        }
        let word = self.word.load();
        let Some(failures) = word.failures_in_a_row(permit) else { return false };
        let counted = failures < early && self.word.replace(word, word.one_more_failure());
        if counted {
            self.counters.count_unless_bypassing(Ending::Failure);
        }
        counted
    }

    #[cold]
    pub(super) fn failed(&self, permit: Word, reason: Reason<'_>, notes: Notes<'_>) {
        let limits = self.limits.get();
        self.fail(permit, reason, self.slow(permit, &limits), &limits, notes);
    }

    pub(super) fn fail(
        &self,
        permit: Word,
        reason: Reason<'_>,
        slow: Option<Slow>,
        limits: &Limits,
        notes: Notes<'_>,
    ) {
        let is_news = || self.may_trip_soon(permit, limits);
        let apply = |tally| self.apply(Event::Failure(permit, tally), limits, notes);
        self.conclude(permit, (reason, slow), is_news, || match (&limits.policy, permit.phase()) {
            (Policy::Windowed(rule), Phase::Closed { .. }) => {
                let era = self.era_of(permit);
                self.recent.failed(era, (rule, limits), || self.clock.now(), apply)
            }
            _ => apply(Tally::default()),
        });
    }

    /// A failure of a dependency that will be away for so many milliseconds.
    #[cold]
    pub(super) fn away(&self, permit: Word, error: &dyn Display, wait: u32) {
        let limits = self.limits.get();
        let how = (Reason::Error(Message::Display(error)), self.slow(permit, &limits));
        // It trips, or is late. A window has no use for it: that of the era it belongs to is over with it.
        let is_news = || permit.same_era(self.word.load());
        self.conclude(permit, how, is_news, || {
            self.apply(Event::Away(permit, wait), &limits, &Vec::new)
        });
    }

    /// Counts a failure, has it applied, and tells of it. What it said is kept for a trip if it `is_news`.
    fn conclude(
        &self,
        permit: Word,
        (reason, slow): (Reason<'_>, Option<Slow>),
        is_news: impl FnOnce() -> bool,
        apply: impl FnOnce() -> Applied,
    ) {
        if !counts(permit) {
            return;
        }
        self.counters.count(Ending::Failure);
        if slow.is_some() {
            self.counters.count(Ending::Slow);
        }
        let failure = Failure::new(reason);
        if is_news() || self.tells_others() {
            // Written out before any lock is taken: `Display` is the user's code.
            let text = Text::of(&failure);
            self.journal.lock().unpoisoned().failed(permit, text);
        }
        let applied = apply();
        self.tell(applied.word, |listener| listener.failure(self, &failure));
        self.tell_change(applied.change.as_ref());
    }

    /// Whether what a failure says is to be told to other processes.
    #[cfg(feature = "storage")]
    fn tells_others(&self) -> bool {
        self.is_shared()
    }

    #[cfg(not(feature = "storage"))]
    #[allow(clippy::unused_self, reason = "there are no others")]
    fn tells_others(&self) -> bool {
        false
    }

    /// Whether a failure is among those that a trip would report. The others are spared the writing.
    fn may_trip_soon(&self, permit: Word, limits: &Limits) -> bool {
        let word = self.word.load();
        permit.same_era(word)
            && match (word.phase(), &limits.policy) {
                (Phase::Closed { failures }, Policy::Consecutive) => {
                    failures.saturating_add(KEPT_FAILURES) >= limits.threshold
                }
                // However far the rate is: it may jump as successes leave the window.
                (Phase::Closed { .. }, Policy::Windowed(_)) => {
                    let failures = self.recent.failures(self.era_of(permit));
                    failures.saturating_add(KEPT_FAILURES) >= limits.threshold
                }
                (Phase::Open { .. }, _) => false,
                (Phase::HalfOpen { .. }, _) => true,
            }
    }

    /// What is to be said of a call that took longer than it may.
    #[inline]
    pub(super) fn slow(&self, permit: Word, limits: &Limits) -> Option<Slow> {
        let limit = Duration::from_micros(limits.slow_call?);
        let taken = permit.taken(|| self.clock.for_slow_calls(limit))?;
        (taken > limit).then_some(Slow { taken, limit })
    }

    pub(crate) fn excludes(&self, clues: &Clues<'_>) -> bool {
        self.exclusions.hold_for(clues)
    }
}
