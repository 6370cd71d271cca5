//! When an open breaker lets the next call in, worked out once.

use super::circuit::CircuitBreaker;
use super::journal::Journal;
use crate::clock::LAG;
use crate::machine::{Phase, Word};
use crate::sync::atomic::{AtomicU64, Ordering};

/// The epoch of an open era in the upper bits, and in the lower 42 the millisecond in which it is over.
#[derive(Debug)]
pub(super) struct Reopening(AtomicU64);

const EPOCH_AT: u32 = 42;
const TIME: u64 = (1 << EPOCH_AT) - 1;

impl Reopening {
    pub(super) fn never() -> Self {
        // Of no epoch, since that has 21 bits.
        Self(AtomicU64::new(!TIME))
    }

    pub(super) fn set(&self, open: Word, millis: u64) {
        self.0.store(u64::from(open.epoch()) << EPOCH_AT | millis & TIME, Ordering::Relaxed);
    }

    fn of(&self, open: Word) -> Option<u64> {
        let reopening = self.0.load(Ordering::Relaxed);
        (reopening >> EPOCH_AT == u64::from(open.epoch())).then_some(reopening & TIME)
    }
}

impl CircuitBreaker {
    /// Works out when the era of `word` is over, if it is an open one. Whoever changes the state or the limits does so
    /// before the lock on the journal is released, so what was worked out last is by the latest of both.
    pub(super) fn work_out_reopening(&self, _locked: &Journal, word: Word) {
        if let Phase::Open { opened_at, reopenings } = word.phase() {
            let now = self.clock.now();
            let time_open = self.limits.get().time_open(word, reopenings);
            self.reopening.set(word, now.reached() + opened_at.left_of(time_open, now));
        }
    }

    /// Milliseconds that an open breaker which reads `word` stays so.
    #[cfg(feature = "storage")]
    pub(super) fn left_open(&self, word: Word) -> Option<u64> {
        let Phase::Open { .. } = word.phase() else { return None };
        let left = self.reopening.of(word)?.checked_sub(self.clock.now().reached())?;
        (left > 0).then_some(left)
    }

    /// Milliseconds that a breaker which reads `word` stays open, if that is for so long that a coarse look at the clock
    /// will do, and nobody is to be told.
    #[inline]
    pub(super) fn surely_open_for(&self, word: Word) -> Option<u64> {
        if !word.rejects_at_once() {
            return None;
        }
        let left = self.reopening.of(word)?.checked_sub(self.clock.coarse().reached())?;
        (u128::from(left) > LAG.as_millis()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breaker::Settings;

    #[test]
    fn what_was_worked_out_for_one_era_is_not_for_another() {
        let open = |epoch| {
            (0..epoch).fold(Word::NEW, |word, _| word.next_era(Phase::Closed { failures: 0 }))
        };
        let reopening = Reopening::never();
        assert_eq!((reopening.of(open(0)), reopening.of(open(1))), (None, None));
        reopening.set(open(1), 1_234);
        assert_eq!((reopening.of(open(1)), reopening.of(open(2))), (Some(1_234), None));
    }

    #[cfg(feature = "test-util")]
    #[test]
    fn a_clock_that_is_late_keeps_no_call_out_once_the_ttl_has_passed() {
        use std::time::Duration;

        let breaker = CircuitBreaker::new("late", Settings::new()).expect("valid");
        let clock = crate::test_util::ManualClock::new();
        breaker.set_clock(&clock);
        let lag = u64::try_from(LAG.as_nanos()).expect("short");
        breaker.clock.lag.store(lag, Ordering::Relaxed);
        let ttl = breaker.settings().get_ttl();
        let (half, millisecond) = (ttl / 2, Duration::from_millis(1));
        clock.advance(ttl);
        breaker.open();
        clock.advance(half);
        let rejected = breaker.try_acquire().expect_err("open");
        let left = rejected.retry_after().expect("a wait");
        assert!(left >= half && left <= half + LAG + millisecond, "{left:?}");
        clock.advance(half);
        assert!(breaker.try_acquire().is_ok());
    }
}
