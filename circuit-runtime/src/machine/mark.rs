//! Words that no machine ever reads: of permits that are evidence for no era, and in place of a permit's.

use super::state::State;
use super::word::{EPOCH, NO_STATE, OPEN, PAYLOAD_AT, STATE, Word};

impl Word {
    /// Carried by a permit whose call is not counted at all.
    pub(crate) const UNCOUNTED: Self = Self::no_machines(0);
    /// Carried by a permit whose call is counted, but is no evidence for any era.
    pub(crate) const NO_EVIDENCE: Self = Self::no_machines(1);
    /// In place of a permit's: the breaker is still to be asked.
    pub(crate) const AHEAD: Self = Self::no_machines(2);
    /// In place of a permit's: it said no, and that has been told.
    pub(crate) const REFUSED: Self = Self::no_machines(3);
    /// In place of a permit's: it was taken.
    pub(crate) const OVER: Self = Self::no_machines(4);
    /// In place of a permit's: it said no, for so many milliseconds as lie above.
    const OPEN_FOR: Self = Self::no_machines(5);
    const HALF_OPEN_FOR: Self = Self::no_machines(6);
    const FOR_EVER: u64 = u64::MAX >> PAYLOAD_AT;

    /// Of a state that no machine is ever in, and so of no machine's era.
    const fn no_machines(number: u64) -> Self {
        Self(NO_STATE | number)
    }

    /// Whether this is a permit's word, of an era that was closed or half-open. One bit, so that it can be asked at every
    /// step of a call; where it is not so, it may be a permit's of no era.
    #[inline]
    pub(crate) fn is_of_an_era(self) -> bool {
        self.0 & OPEN == 0
    }

    /// Whether this stands in place of a permit's word.
    pub(crate) fn is_mark(self) -> bool {
        self.0 & STATE == NO_STATE && self.0 & EPOCH >= Self::AHEAD.0 & EPOCH
    }

    /// In place of a permit's, where a call is rejected that may come back after so many milliseconds; `None` if time alone
    /// will not help.
    pub(crate) fn refusal(state: State, retry_after: Option<u64>) -> Self {
        let mark = if state == State::HalfOpen { Self::HALF_OPEN_FOR } else { Self::OPEN_FOR };
        let millis = retry_after.map_or(Self::FOR_EVER, |millis| millis.min(Self::FOR_EVER - 1));
        Self(mark.0 | millis << PAYLOAD_AT)
    }

    #[inline]
    pub(crate) fn is_refusal(self) -> bool {
        self.0 & STATE == NO_STATE && self.0 & EPOCH >= Self::OPEN_FOR.0 & EPOCH
    }

    /// What a [`refusal`](Self::refusal) was made of.
    pub(crate) fn refused(self) -> (State, Option<u64>) {
        let is_half_open = self.0 & EPOCH == Self::HALF_OPEN_FOR.0 & EPOCH;
        let millis = self.0 >> PAYLOAD_AT;
        let state = if is_half_open { State::HalfOpen } else { State::Open };
        (state, (millis != Self::FOR_EVER).then_some(millis))
    }

    pub(crate) fn is_counted(self) -> bool {
        self != Self::UNCOUNTED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_for_how_long_and_is_no_permit() {
        for state in [State::Open, State::HalfOpen] {
            for wait in [None, Some(0), Some(1), Some(60 * 24 * 3_600_000)] {
                let word = Word::refusal(state, wait);
                assert_eq!(word.refused(), (state, wait));
                assert!(word.is_refusal() && word.is_mark() && !word.admits_at_once());
            }
        }
        let permits = [Word::NEW, Word::UNCOUNTED, Word::NO_EVIDENCE];
        assert!(permits.into_iter().all(|word| !word.is_refusal() && !word.is_mark()));
        for mark in [Word::AHEAD, Word::REFUSED, Word::OVER] {
            assert!(mark.is_mark() && !mark.is_refusal() && !mark.is_of_an_era());
        }
    }
}
