//! How long a call has taken, kept where a permit's word has room.
//!
//! What counts of the word that a permit carries is the era; the rest of it, 39 bits, holds the time for which the
//! call has been waiting for its dependency:
//!
//! ```text
//!  bit 63   62    61                        25 24   21  20      0
//! ┌────────┬─────┬────────────────────────────┬────────┬──────────┐
//! │ resting│timed│since, or for, microsec.  37│as above│ epoch 21 │
//! └────────┴─────┴────────────────────────────┴────────┴──────────┘
//! ```
//!
//! So a permit that is timed is no larger than one that is not. The time wraps after 38 hours: a call that takes so
//! long and a little more is taken for a short one.

use std::time::Duration;

use super::word::{PAYLOAD_AT, WATCHED, Word};
use crate::clock::Moment;

const RESTING: u64 = 1 << 63;
const TIMED: u64 = 1 << 62;
const TIME: u64 = (1 << 37) - 1;
/// A clock that has gone back by less than a second has stood still: there are machines whose processors disagree.
const SKEW: u64 = 1_000_000;

impl Word {
    /// For a permit that is not timed.
    pub(crate) fn untimed(self) -> Self {
        Self(self.0 & Self::OF_PERMIT)
    }

    /// For a permit whose call begins at `now`.
    pub(crate) fn timed(self, now: Moment) -> Self {
        self.with_time(now.micros() & TIME)
    }

    fn with_time(self, time: u64) -> Self {
        Self(self.untimed().0 | WATCHED | TIMED | time << PAYLOAD_AT)
    }

    fn time(self) -> u64 {
        self.0 >> PAYLOAD_AT & TIME
    }

    /// Whether the time of its call is in it. In a permit issued on the fast path it is not: that carries the word of a
    /// closed machine as it was, and its failures do not reach up so high.
    #[inline]
    pub(crate) fn is_timed(self) -> bool {
        self.is_watched() && self.0 & TIMED != 0
    }

    /// Whether this is a permit's word, [of an era](Self::is_of_an_era), and not a timed one.
    #[inline]
    pub(crate) fn is_untimed_of_an_era(self) -> bool {
        self.is_of_an_era() && self.0 & TIMED == 0
    }

    /// How long the dependency has been waited for, if that is known.
    #[inline]
    pub(crate) fn taken(self, now: impl FnOnce() -> Moment) -> Option<Duration> {
        if !self.is_timed() {
            return None;
        }
        let taken = if self.is_resting() { self.time() } else { self.elapsed(now()) };
        Some(Duration::from_micros(taken))
    }

    fn is_resting(self) -> bool {
        self.0 & RESTING != 0
    }

    fn elapsed(self, now: Moment) -> u64 {
        let elapsed = now.micros().wrapping_sub(self.time()) & TIME;
        if elapsed > TIME - SKEW { 0 } else { elapsed }
    }

    /// Between two items: the time until [`resumed`](Self::resumed) is the caller's own.
    pub(crate) fn resting(self, now: impl FnOnce() -> Moment) -> Self {
        if !self.is_timed() || self.is_resting() {
            return self;
        }
        let resting = self.with_time(self.elapsed(now()));
        Self(resting.0 | RESTING)
    }

    pub(crate) fn resumed(self, now: impl FnOnce() -> Moment) -> Self {
        if !self.is_timed() || !self.is_resting() {
            return self;
        }
        self.with_time(now().micros().wrapping_sub(self.time()) & TIME)
    }
}

#[cfg(test)]
mod tests {
    use super::super::word::{Phase, Watch};
    use super::*;

    fn at(micros: u64) -> impl Fn() -> Moment {
        move || Moment::new(Duration::from_micros(micros))
    }

    fn taken(word: Word, micros: u64) -> u64 {
        u64::try_from(word.taken(at(micros)).expect("timed").as_micros()).expect("short")
    }

    #[test]
    fn a_call_is_timed_to_the_microsecond() {
        let begun = Word::NEW.next_era(Phase::Closed { failures: 9 }).timed(at(1_000)());
        assert_eq!(
            (taken(begun, 1_000), taken(begun, 1_001), taken(begun, 901_000)),
            (0, 1, 900_000)
        );
        assert!(begun.same_era(Word::NEW.next_era(Phase::Closed { failures: 0 })));
        assert!(!begun.admits_at_once());
    }

    #[test]
    fn the_time_between_two_items_is_not_counted() {
        let begun = Word::NEW.timed(at(10)());
        let resting = begun.resting(at(15));
        assert_eq!(taken(resting, 1_000), 5);
        let resumed = resting.resumed(at(1_000));
        assert_eq!(taken(resumed, 1_007), 12);
        assert_eq!(resumed.resumed(at(5_000)), resumed);
        assert_eq!(resting.resting(at(5_000)), resting);
    }

    #[test]
    fn time_that_begins_with_the_clock_is_counted_too() {
        let begun = Word::NEW.timed(at(0)());
        assert_eq!(taken(begun, 500), 500);
        let resting = begun.resting(at(0));
        assert_eq!((resting.is_timed(), taken(resting, 9)), (true, 0));
    }

    #[test]
    fn a_clock_that_goes_back_a_little_has_stood_still() {
        let begun = Word::NEW.timed(at(5_000_000)());
        assert_eq!((taken(begun, 4_999_999), taken(begun, 4_000_001)), (0, 0));
    }

    #[test]
    fn time_is_measured_across_the_wrap() {
        let begun = Word::NEW.timed(at(TIME - 5)());
        assert_eq!(taken(begun, TIME + 11), 16);
    }

    #[test]
    fn a_word_that_counts_failures_is_no_time() {
        let failures = Word::NEW.watched(Watch::Calls).with(Phase::Closed { failures: u32::MAX });
        assert!(!failures.untimed().is_timed());
        assert!(!failures.is_timed() && !failures.watched(Watch::Nothing).is_timed());
        assert_eq!(failures.untimed().taken(|| panic!("no clock")), None);
        assert_eq!(failures.untimed().resting(|| panic!("no clock")), failures.untimed());
    }

    #[test]
    fn what_is_no_evidence_is_timed_and_still_no_mark() {
        let begun = Word::NO_EVIDENCE.timed(at(7)());
        assert!(begun.is_counted() && !begun.is_mark());
        assert!(!begun.same_era(Word::NEW));
        assert_eq!(taken(begun, 9), 2);
    }
}
