//! How a call is let in, off the fast path.

use super::circuit::CircuitBreaker;
use super::counters::Ending;
use super::mode::Mode;
use super::permit::Permit;
use super::rejected::Rejected;
use crate::machine::{Event, State, Verdict, Word};

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
}
