//! How a call is let in, and what its end does: everything off the fast path.

use std::time::Duration;

use super::causes::Clues;
use super::circuit::CircuitBreaker;
use super::commit::Notes;
use super::counters::Ending;
use super::failure::{self, Failure, Reason, Slow};
use super::journal::KEPT_FAILURES;
use super::listener::Listener;
use super::mode::Mode;
use super::permit::Permit;
use super::rejected::Rejected;
use crate::machine::{Event, Limits, Phase, Policy, State, Tally, Verdict, Word};
use crate::poison::Unpoisoned;

impl CircuitBreaker {
    #[cold]
    pub(super) fn acquire_slowly(&self) -> Result<Permit<'_>, Rejected> {
        let mode = self.mode();
        match mode {
            Mode::Disabled => return Ok(Permit::new(self, Word::UNCOUNTED)),
            Mode::ForcedOpen => return Err(self.reject(Rejected::new(self, State::Open, None))),
            Mode::Normal | Mode::Shadow => {}
        }
        let limits = self.limits.get();
        let applied = self.apply(Event::Acquire, &limits, &Vec::new);
        let word = match applied.verdict {
            Verdict::Rejected(wait) => {
                let state = State::from(applied.word.phase());
                let rejected = Rejected::new(self, state, Some(wait));
                if mode == Mode::Normal {
                    return Err(self.reject(rejected));
                }
                self.tell(applied.word, |listener| listener.rejected(self, &rejected));
                Word::NO_EVIDENCE
            }
            _ => applied.word,
        };
        self.tell_change(applied.change.as_ref());
        self.tell(applied.word, |listener| listener.before_call(self));
        let timed = limits.slow_call.map(|_| word.timed(self.clock.now()));
        Ok(Permit::new(self, timed.unwrap_or_else(|| word.untimed())))
    }

    fn reject(&self, rejected: Rejected) -> Rejected {
        self.counters.add(Ending::Rejected);
        self.tell(self.word.load(), |listener| listener.rejected(self, &rejected));
        rejected
    }

    #[inline]
    pub(super) fn succeeded(&self, permit: Word) {
        // The permit is asked as well: one that is not to be counted may end after all is normal again.
        if self.word.load().is_clean() && permit.admits_at_once() {
            self.counters.add(Ending::Success);
        } else {
            self.succeed_slowly(permit);
        }
    }

    #[cold]
    fn succeed_slowly(&self, permit: Word) {
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
        let reason = match slow {
            Some(slow) => Reason::Slow(slow),
            None if limits.cancel_is_failure => Reason::Cancelled,
            None => {
                return self.end(
                    permit,
                    Ending::Cancelled,
                    Event::Release(permit),
                    &limits,
                    |listener| {
                        listener.cancelled(self);
                    },
                );
            }
        };
        self.fail(permit, reason, slow, &limits, &Vec::new);
    }

    /// What is to be said of a call that took longer than it may.
    #[inline]
    fn slow(&self, permit: Word, limits: &Limits) -> Option<Slow> {
        let taken = permit.taken(|| self.clock.now())?;
        let limit = Duration::from_micros(limits.slow_call?);
        (taken > limit).then_some(Slow { taken, limit })
    }

    fn end(
        &self,
        permit: Word,
        ending: Ending,
        event: Event,
        limits: &Limits,
        tell: impl Fn(&dyn Listener),
    ) {
        if !permit.is_counted() {
            return;
        }
        self.counters.add(ending);
        let applied = self.apply(event, limits, &Vec::new);
        if let (Event::Success(_), Verdict::Applied, Phase::Closed { failures }) =
            (event, applied.verdict, applied.before.phase())
        {
            if let Some(rule) = limits.counted_calls() {
                let machine = (&self.word, &self.counters);
                self.recent.succeeded(permit, machine, rule, self.clock.now());
            } else if failures > 0 {
                self.journal.lock().unpoisoned().run_ended();
            }
        }
        self.tell(applied.word, tell);
        self.tell_change(applied.change.as_ref());
    }

    #[cold]
    pub(super) fn failed(&self, permit: Word, reason: Reason<'_>, notes: Notes<'_>) {
        let limits = self.limits.get();
        self.fail(permit, reason, self.slow(permit, &limits), &limits, notes);
    }

    fn fail(
        &self,
        permit: Word,
        reason: Reason<'_>,
        slow: Option<Slow>,
        limits: &Limits,
        notes: Notes<'_>,
    ) {
        if !permit.is_counted() {
            return;
        }
        self.counters.add(Ending::Failure);
        if slow.is_some() {
            self.counters.add(Ending::Slow);
        }
        let failure = Failure::new(reason);
        let tally = self.tally_failure(permit, limits);
        if self.may_trip_soon(permit, tally, limits) {
            // Written out before the lock is taken: `Display` is the user's code.
            let text = failure::text(&failure);
            self.journal.lock().unpoisoned().failed(permit, text);
        }
        let applied = self.apply(Event::Failure(permit, tally), limits, notes);
        self.tell(applied.word, |listener| listener.failure(self, &failure));
        self.tell_change(applied.change.as_ref());
    }

    /// Counts a failure in the window, if there is one, and returns what that holds now.
    fn tally_failure(&self, permit: Word, limits: &Limits) -> Tally {
        match (&limits.policy, permit.phase()) {
            (Policy::Windowed(rule), Phase::Closed { .. }) => {
                let machine = (&self.word, &self.counters);
                let tally = self.recent.failed(permit, machine, rule, || self.clock.now());
                tally.unwrap_or_default()
            }
            _ => Tally::default(),
        }
    }

    /// Whether a failure is among those that a trip would report. The others are spared the writing.
    fn may_trip_soon(&self, permit: Word, tally: Tally, limits: &Limits) -> bool {
        let word = self.word.load();
        permit.same_era(word)
            && match (word.phase(), &limits.policy) {
                (Phase::Closed { failures }, Policy::Consecutive) => {
                    failures.saturating_add(KEPT_FAILURES) >= limits.threshold
                }
                // However far the rate is: it may jump as successes leave the window.
                (Phase::Closed { .. }, Policy::Windowed(_)) => {
                    let before = tally.failures.saturating_sub(1);
                    before + u64::from(KEPT_FAILURES) >= u64::from(limits.threshold)
                }
                (Phase::Open { .. }, _) => false,
                (Phase::HalfOpen { .. }, _) => true,
            }
    }

    pub(crate) fn excludes(&self, clues: &Clues<'_>) -> bool {
        self.exclusions.hold_for(clues)
    }
}
