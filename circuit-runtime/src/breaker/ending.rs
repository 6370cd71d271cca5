//! What the end of a call does, if it did not fail.

use super::bypass::counts;
use super::circuit::CircuitBreaker;
use super::counters::Ending;
use super::failure::Reason;
use super::listener::Listener;
use crate::machine::{Event, Limits, Phase, Verdict, Word};
use crate::poison::Unpoisoned;

impl CircuitBreaker {
    #[inline]
    pub(super) fn succeeded(&self, permit: Word) {
        // The permit is asked as well: one that is not to be counted may end after all is normal again.
        if self.word.load().is_clean_for(permit) {
            self.counters.count_unless_bypassing(Ending::Success);
        } else {
            self.succeed_slowly(permit);
        }
    }

    #[cold]
    fn succeed_slowly(&self, permit: Word) {
        let is_in_window = self.word.load() == permit && permit.is_clean_and_counted();
        if !(is_in_window && self.recent.succeeded_in_slot(permit, &self.counters, &self.clock)) {
            self.succeed_watched(permit);
        }
    }

    #[cold]
    fn succeed_watched(&self, permit: Word) {
        self.answered(permit, Ending::Success, |listener| listener.success(self));
    }

    #[cold]
    pub(super) fn excluded(&self, permit: Word) {
        self.answered(permit, Ending::Excluded, |listener| listener.excluded(self));
    }

    /// The dependency answered; which is a failure all the same if it took too long.
    fn answered(&self, permit: Word, ending: Ending, tell: impl Fn(&dyn Listener)) {
        let limits = self.limits.get();
        match self.slow(permit, &limits) {
            Some(slow) => self.fail(permit, Reason::Slow(slow), Some(slow), &limits, &Vec::new),
            None => self.end(permit, ending, Event::Success(permit), &limits, tell),
        }
    }

    #[cold]
    pub(super) fn ignored(&self, permit: Word) {
        let limits = self.limits.get();
        self.end(permit, Ending::Ignored, Event::Release(permit), &limits, |listener| {
            listener.ignored(self);
        });
    }

    #[cold]
    pub(super) fn cancelled(&self, permit: Word) {
        let limits = self.limits.get();
        let slow = self.slow(permit, &limits);
        let cancelled = limits.cancel_is_failure.then_some(Reason::Cancelled);
        match slow.map(Reason::Slow).or(cancelled) {
            Some(reason) => self.fail(permit, reason, slow, &limits, &Vec::new),
            None => {
                let event = Event::Release(permit);
                self.end(permit, Ending::Cancelled, event, &limits, |listener| {
                    listener.cancelled(self);
                });
            }
        }
    }

    fn end(
        &self,
        permit: Word,
        ending: Ending,
        event: Event,
        limits: &Limits,
        tell: impl Fn(&dyn Listener),
    ) {
        if !counts(permit) {
            return;
        }
        self.counters.count(ending);
        let applied = self.apply(event, limits, &Vec::new);
        if let (Event::Success(_), Verdict::Applied, Phase::Closed { failures }) =
            (event, applied.verdict, applied.before.phase())
        {
            if let Some(rule) = limits.counted_calls() {
                self.recent.succeeded(self.era_of(permit), rule, self.clock.now());
            } else if failures > 0 {
                self.journal.lock().unpoisoned().run_ended();
            }
        }
        self.tell(applied.word, tell);
        self.tell_change(applied.change.as_ref());
    }
}
