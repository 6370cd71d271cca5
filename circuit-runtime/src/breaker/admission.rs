//! How a call is let in.

use std::time::Duration;

use super::bypass::{anybody_bypasses, is_bypassing};
use super::circuit::CircuitBreaker;
use super::counters::Ending;
use super::mode::Mode;
use super::permit::Permit;
use super::rejected::Refusal;
#[cfg(feature = "tower")]
use crate::machine::reopens_in;
use crate::machine::{Event, State, Verdict, Word};

impl CircuitBreaker {
    /// Asks for a permit. All that crosses the way off the fast path is a pair of words, so that the rest of a call can stay
    /// in registers.
    #[inline]
    pub(crate) fn ask(&self) -> Result<Permit<'_>, Refusal<'_>> {
        let word = self.word.load();
        if word.admits_at_once() {
            return Ok(Permit::new(self, word));
        }
        answered(self.ask_slowly(word))
    }

    /// As [`ask`](Self::ask), for a permit that may be told of elsewhere: where it bypasses, it does so to its end.
    #[inline]
    pub(super) fn ask_for_keeps(&self) -> Result<Permit<'_>, Refusal<'_>> {
        let word = self.word.load();
        if word.admits_at_once() && !anybody_bypasses() {
            return Ok(Permit::new(self, word));
        }
        answered(self.ask_slowly(word))
    }

    /// As [`ask`](Self::ask): the parts of a permit or of a refusal, whichever it is.
    #[inline]
    pub(super) fn asked(&self) -> (&Self, Word) {
        let word = self.word.load();
        if word.admits_at_once() { (self, word) } else { self.ask_slowly(word) }
    }

    #[cold]
    fn ask_slowly(&self, word: Word) -> (&Self, Word) {
        let Some(millis) = self.surely_open_for(word) else {
            return (self, self.ask_the_machine());
        };
        let refusal = Word::refusal(State::Open, Some(millis));
        match self.counters.line() {
            Some(line) => {
                line.add(Ending::Rejected as usize);
                (self, refusal)
            }
            None => self.refuse_first(refusal),
        }
    }

    /// Where the thread has no line: it bypasses, or has not counted for this breaker yet, or never can.
    #[cold]
    fn refuse_first(&self, refusal: Word) -> (&Self, Word) {
        if is_bypassing() {
            return (self, Word::UNCOUNTED);
        }
        self.counters.count(Ending::Rejected);
        (self, refusal)
    }

    #[cold]
    fn ask_the_machine(&self) -> Word {
        if is_bypassing() {
            return Word::UNCOUNTED;
        }
        let mode = self.mode();
        match mode {
            Mode::Disabled => return Word::UNCOUNTED,
            Mode::ForcedOpen => return self.reject(State::Open, None),
            Mode::Normal | Mode::Shadow => {}
        }
        let limits = self.limits.get();
        let applied = self.apply(Event::Acquire, &limits, &Vec::new);
        let word = match applied.verdict {
            Verdict::Rejected(wait) => {
                let state = self.state_of_rejection(applied.word);
                if mode == Mode::Normal {
                    return self.reject(state, Some(wait));
                }
                self.tell_rejected(applied.word, Word::refusal(state, Some(wait)));
                Word::NO_EVIDENCE
            }
            _ => applied.word,
        };
        self.tell_change(applied.change.as_ref());
        self.tell(applied.word, |listener| listener.before_call(self));
        let timed = limits
            .slow_call
            .map(|limit| word.timed(self.clock.for_slow_calls(Duration::from_micros(limit))));
        timed.unwrap_or_else(|| word.untimed())
    }

    #[cfg(feature = "storage")]
    fn state_of_rejection(&self, word: Word) -> State {
        let state = State::from(word.phase());
        if self.is_shared() { self.wait_in(word, state).0 } else { state }
    }

    #[cfg(not(feature = "storage"))]
    #[allow(clippy::unused_self, reason = "nobody else has a say in it")]
    fn state_of_rejection(&self, word: Word) -> State {
        State::from(word.phase())
    }

    /// Whether a call of this thread would be rejected now. Asked beforehand, it is no promise.
    #[cfg(feature = "tower")]
    #[inline]
    pub(crate) fn would_reject(&self) -> bool {
        !self.word.load().admits_at_once() && self.is_rejecting()
    }

    #[cfg(feature = "tower")]
    #[cold]
    fn is_rejecting(&self) -> bool {
        if is_bypassing() {
            return false;
        }
        match self.mode() {
            Mode::ForcedOpen => return true,
            Mode::Disabled | Mode::Shadow => return false,
            Mode::Normal => {}
        }
        let word = self.word.load();
        // Where the fleet decides who probes, only a call that asks makes it ask the fleet.
        #[cfg(feature = "storage")]
        if self.governed().is_some() {
            return self.left_open(word).is_some();
        }
        self.surely_open_for(word).is_some()
            || reopens_in(word, &self.limits.get(), self.clock.now()).is_some()
    }

    /// Rejects a call, though it may have come to be let in since it was asked beforehand.
    #[cfg(feature = "tower")]
    pub(crate) fn refuse(&self) -> super::rejected::Rejected {
        if self.mode() == Mode::ForcedOpen {
            return Refusal::new(self, self.reject(State::Open, None)).into_rejected();
        }
        let word = self.word.load();
        let (state, wait) = self.wait_in(word, State::from(word.phase()));
        let wait = u64::try_from(wait.unwrap_or_default().as_millis()).unwrap_or(u64::MAX);
        Refusal::new(self, self.reject(state, Some(wait))).into_rejected()
    }

    fn reject(&self, state: State, wait: Option<u64>) -> Word {
        self.counters.count(Ending::Rejected);
        let refusal = Word::refusal(state, wait);
        self.tell_rejected(self.word.load(), refusal);
        refusal
    }

    fn tell_rejected(&self, word: Word, refusal: Word) {
        self.tell(word, |listener| {
            listener.rejected(self, &Refusal::new(self, refusal).into_rejected());
        });
    }
}

#[inline]
fn answered((breaker, word): (&CircuitBreaker, Word)) -> Result<Permit<'_>, Refusal<'_>> {
    if word.is_refusal() {
        Err(Refusal::new(breaker, word))
    } else {
        Ok(Permit::new(breaker, word))
    }
}
