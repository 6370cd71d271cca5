//! How a call is let in, and what its end does: everything off the fast path.

use super::causes::Clues;
use super::circuit::CircuitBreaker;
use super::commit::Notes;
use super::counters::Ending;
use super::failure::{self, Failure, Reason};
use super::journal::KEPT_FAILURES;
use super::listener::Listener;
use super::mode::Mode;
use super::permit::Permit;
use super::rejected::Rejected;
use crate::machine::{Event, Phase, State, Verdict, Word};
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
        let applied = self.apply(Event::Acquire, &Vec::new);
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
        let permit = Permit::new(self, word);
        self.tell_change(applied.change.as_ref());
        self.tell(applied.word, |listener| listener.before_call(self));
        Ok(permit)
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
        self.end(permit, Ending::Success, Event::Success(permit), |listener| {
            listener.success(self);
        });
    }

    #[cold]
    pub(super) fn excluded(&self, permit: Word) {
        self.end(permit, Ending::Excluded, Event::Success(permit), |listener| {
            listener.excluded(self);
        });
    }

    #[cold]
    pub(super) fn ignored(&self, permit: Word) {
        self.end(permit, Ending::Ignored, Event::Release(permit), |listener| {
            listener.ignored(self);
        });
    }

    #[cold]
    pub(super) fn cancelled(&self, permit: Word) {
        if self.limits.get().cancel_is_failure {
            return self.failed(permit, Reason::Cancelled, &Vec::new);
        }
        self.end(permit, Ending::Cancelled, Event::Release(permit), |listener| {
            listener.cancelled(self);
        });
    }

    fn end(&self, permit: Word, ending: Ending, event: Event, tell: impl Fn(&dyn Listener)) {
        if !permit.is_counted() {
            return;
        }
        self.counters.add(ending);
        let applied = self.apply(event, &Vec::new);
        if let (Phase::Closed { failures: 1.. }, Phase::Closed { failures: 0 }) =
            (applied.before.phase(), applied.word.phase())
        {
            self.journal.lock().unpoisoned().run_ended();
        }
        self.tell(applied.word, tell);
        self.tell_change(applied.change.as_ref());
    }

    #[cold]
    pub(super) fn failed(&self, permit: Word, reason: Reason<'_>, notes: Notes<'_>) {
        if !permit.is_counted() {
            return;
        }
        self.counters.add(Ending::Failure);
        let failure = Failure::new(reason);
        if self.may_trip_soon(permit) {
            // Written out before the lock is taken: `Display` is the user's code.
            let text = failure::text(&failure);
            self.journal.lock().unpoisoned().failed(permit, text);
        }
        let applied = self.apply(Event::Failure(permit), notes);
        self.tell(applied.word, |listener| listener.failure(self, &failure));
        self.tell_change(applied.change.as_ref());
    }

    /// Whether a failure is among those that a trip would report. The others are spared the writing.
    fn may_trip_soon(&self, permit: Word) -> bool {
        let word = self.word.load();
        permit.same_era(word)
            && match word.phase() {
                Phase::Closed { failures } => {
                    failures.saturating_add(KEPT_FAILURES) >= self.limits.get().threshold
                }
                Phase::Open { .. } => false,
                Phase::HalfOpen { .. } => true,
            }
    }

    pub(crate) fn excludes(&self, clues: &Clues<'_>) -> bool {
        self.exclusions.hold_for(clues)
    }
}
