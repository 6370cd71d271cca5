//! The whole state of a breaker in one atomic word.
//!
//! ```text
//!  bit 63                                                    25 24 23   22 21  20      0
//! ┌──────────────────────────────────────────────────────────┬───────┬───────┬──────────┐
//! │ Closed    failures 32                                    │       │       │          │
//! │ Open      opened_at 35 │ reopenings 4                    │ watch │ state │ epoch 21 │
//! │ HalfOpen  last_probe 24│ reopenings 4│in_flight 5│succ. 6│   2   │   2   │          │
//! └──────────────────────────────────────────────────────────┴───────┴───────┴──────────┘
//! ```
//!
//! Closed is zero in every field but the epoch, which lies lowest: so "closed, nobody watching, no failure counted", the
//! only question that a successful call asks, is one comparison with a small number.
//!
//! The epoch wraps after 2 million eras: an outcome that comes in exactly that many transitions late would be
//! taken for one of the current era. Times are milliseconds and wrap as well, 398 days for `opened_at` and 4.6
//! hours for `last_probe`. A wait is the difference of two of them, so a breaker that nobody called for so long, and less
//! than one wait longer, waits once more. `opened_at` can lie up to 70 minutes ahead, where an era is open for longer than its
//! time open; in the last 70 minutes of the 398 days, that of a breaker that nobody called reads the same. It waits never
//! longer than those and one time open, or one `probe_timeout`, and never for ever.

use crate::clock::Moment;
use crate::mix::{STEP, mixed};
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::observe;

pub(super) const EPOCH: u64 = (1 << 21) - 1;
pub(super) const STATE: u64 = 0b11 << 21;
const HALF_OPEN: u64 = 1 << 21;
pub(super) const OPEN: u64 = 2 << 21;
pub(super) const NO_STATE: u64 = 3 << 21;
pub(super) const WATCHED: u64 = 1 << 23;
const COUNTED: u64 = 1 << 24;
const WATCH: u64 = WATCHED | COUNTED;
pub(super) const PAYLOAD_AT: u32 = 25;

/// A time in milliseconds, kept in the low `BITS` bits. One that lies up to `AHEAD` milliseconds ahead of the clock is read as
/// such; one further ahead as one that is long past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp<const BITS: u32, const AHEAD: u64>(u64);

/// When an open breaker opened; or, where it is open for another time than its own, when it would have opened to be open until
/// then.
pub(crate) type OpenedAt = Stamp<35, { 1 << 22 }>;
/// When the latest probe was let in. As a stamp is rounded up, it can be a millisecond ahead of the clock.
pub(crate) type LastProbe = Stamp<24, 1>;

impl<const BITS: u32, const AHEAD: u64> Stamp<BITS, AHEAD> {
    const MASK: u64 = (1 << BITS) - 1;

    pub(crate) fn at(moment: Moment) -> Self {
        Self(moment.stamp() & Self::MASK)
    }

    /// The stamp from which `limit` milliseconds reach to `until`; or, where that is too far ahead of `now`, as far as they can.
    pub(crate) fn before(until: Moment, limit: u64, now: Moment) -> Self {
        // One less, as the stamp of `now` can be a millisecond ahead itself.
        let last = now.stamp().saturating_add(limit).saturating_add(AHEAD - 1);
        Self(until.stamp().min(last).wrapping_sub(limit) & Self::MASK)
    }

    /// How many of `limit` milliseconds from this stamp are left at `now`: so many that after them, and not before,
    /// none is.
    pub(crate) fn left_of(self, limit: u64, now: Moment) -> u64 {
        let elapsed = now.reached().wrapping_sub(self.0) & Self::MASK;
        let ahead = self.0.wrapping_sub(now.reached()) & Self::MASK;
        if ahead <= AHEAD { limit + ahead } else { limit.saturating_sub(elapsed) }
    }
}

/// What a [`Word`] says, spelt out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Closed { failures: u32 },
    Open { opened_at: OpenedAt, reopenings: u8 },
    HalfOpen { last_probe: LastProbe, reopenings: u8, in_flight: u8, successes: u8 },
}

/// What calls are looked at for, beside the word: from less to more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Watch {
    Nothing,
    /// Their end, if it is a success: a window counts it.
    Successes,
    /// Their beginning and their end.
    Calls,
}

/// One value of the atomic word. A permit carries the one it was issued under.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word(pub(super) u64);

impl Word {
    /// What a permit's word says beside the time of its call.
    pub(super) const OF_PERMIT: u64 = STATE | WATCH | EPOCH;

    /// Closed, epoch zero, nobody watching.
    pub(crate) const NEW: Self = Self(0);

    pub(crate) const MAX_REOPENINGS: u8 = 0b1111;

    /// Closed and unwatched: a call may be made, and nobody has to be told.
    #[inline]
    pub(crate) fn admits_at_once(self) -> bool {
        self.0 & (STATE | WATCHED) == 0
    }

    /// Whether this and `permit` are both closed, unwatched and without a failure: a success, of whatever era, changes
    /// nothing then.
    #[inline]
    pub(crate) fn is_clean_for(self, permit: Self) -> bool {
        self.0 | permit.0 <= EPOCH
    }

    /// Closed, without a failure in a row, and nobody watching but a window that counts successes.
    pub(crate) fn is_clean_and_counted(self) -> bool {
        self.0 & !EPOCH == COUNTED
    }

    /// Closed, with nobody watching, and a failure of a call admitted under `permit` would be one more in a row: how many
    /// there are.
    pub(crate) fn failures_in_a_row(self, permit: Self) -> Option<u32> {
        ((self.0 ^ permit.0) & Self::OF_PERMIT == 0 && permit.0 & (STATE | WATCH) == 0)
            .then(|| self.payload_as_failures())
    }

    pub(crate) fn is_of_half_open_era(self) -> bool {
        self.0 & STATE == HALF_OPEN
    }

    /// The same era, if it is a closed one with no failures in a row.
    pub(crate) fn without_failures(self) -> Self {
        match self.phase() {
            Phase::Closed { .. } => self.with(Phase::Closed { failures: 0 }),
            _ => self,
        }
    }

    /// Open, with nobody watching.
    pub(crate) fn rejects_at_once(self) -> bool {
        self.0 & (STATE | WATCHED) == OPEN
    }

    pub(crate) fn is_watched(self) -> bool {
        self.0 & WATCHED != 0
    }

    /// Whether an outcome of a call admitted under `self` is evidence for a machine that now reads `current`.
    pub(crate) fn same_era(self, current: Self) -> bool {
        (self.0 ^ current.0) & (STATE | EPOCH) == 0
    }

    /// A number that another era, or another `seed`, would not have drawn.
    #[allow(clippy::cast_possible_truncation, reason = "the upper half is as good as the whole")]
    pub(crate) fn lot(self, seed: u64) -> u32 {
        (mixed((self.0 & !WATCH ^ seed).wrapping_add(STEP)) >> 32) as u32
    }

    pub(crate) fn same_state(self, other: Self) -> bool {
        (self.0 ^ other.0) & STATE == 0
    }

    /// The same closed era with one more failure, where there are not yet as many as the field holds.
    pub(crate) fn one_more_failure(self) -> Self {
        Self(self.0 + (1 << PAYLOAD_AT))
    }

    #[allow(clippy::cast_possible_truncation, reason = "21 bits fit")]
    pub(crate) fn epoch(self) -> u32 {
        (self.0 & EPOCH) as u32
    }

    #[allow(clippy::cast_possible_truncation, reason = "closed, all that lies above is zero")]
    fn payload_as_failures(self) -> u32 {
        (self.0 >> PAYLOAD_AT) as u32
    }

    #[allow(clippy::cast_possible_truncation, reason = "every field is masked to its width first")]
    pub(crate) fn phase(self) -> Phase {
        let payload = self.0 >> PAYLOAD_AT;
        match self.0 & STATE {
            OPEN => Phase::Open {
                opened_at: Stamp(payload & OpenedAt::MASK),
                reopenings: (payload >> 35) as u8 & Self::MAX_REOPENINGS,
            },
            HALF_OPEN => Phase::HalfOpen {
                last_probe: Stamp(payload & LastProbe::MASK),
                reopenings: (payload >> 24) as u8 & Self::MAX_REOPENINGS,
                in_flight: (payload >> 28) as u8 & 0b1_1111,
                successes: (payload >> 33) as u8 & 0b11_1111,
            },
            _ => Phase::Closed { failures: self.payload_as_failures() },
        }
    }

    /// The same era, with other figures.
    pub(crate) fn with(self, phase: Phase) -> Self {
        let (state, payload) = match phase {
            Phase::Closed { failures } => (0, u64::from(failures)),
            Phase::Open { opened_at, reopenings } => {
                (OPEN, opened_at.0 | u64::from(reopenings.min(Self::MAX_REOPENINGS)) << 35)
            }
            Phase::HalfOpen { last_probe, reopenings, in_flight, successes } => (
                HALF_OPEN,
                last_probe.0
                    | u64::from(reopenings.min(Self::MAX_REOPENINGS)) << 24
                    | u64::from(in_flight.min(0b1_1111)) << 28
                    | u64::from(successes.min(0b11_1111)) << 33,
            ),
        };
        Self(self.0 & (EPOCH | WATCH) | state | payload << PAYLOAD_AT)
    }

    /// The first word of the next era.
    pub(crate) fn next_era(self, phase: Phase) -> Self {
        let epoch = self.0.wrapping_add(1) & EPOCH;
        Self(self.0 & !EPOCH | epoch).with(phase)
    }

    pub(crate) fn watched(self, watch: Watch) -> Self {
        let watch = match watch {
            Watch::Nothing => 0,
            Watch::Successes => COUNTED,
            Watch::Calls => WATCHED,
        };
        Self(self.0 & !WATCH | watch)
    }
}

impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Word")
            .field("epoch", &self.epoch())
            .field("watched", &self.is_watched())
            .field("counted", &(self.0 & COUNTED != 0))
            .field("phase", &self.phase())
            .finish()
    }
}

/// The word that all threads share.
#[derive(Debug)]
pub(crate) struct AtomicWord(AtomicU64);

impl AtomicWord {
    pub(crate) fn new(word: Word) -> Self {
        Self(AtomicU64::new(word.0))
    }

    /// Relaxed: the word says all there is to say, nothing else is read on its account. That a call begun after
    /// another one's trip returned sees that trip follows from coherence alone.
    #[inline]
    pub(crate) fn load(&self) -> Word {
        Word(observe(&self.0))
    }

    /// Writes `after`, if `before` is still what stands there.
    pub(crate) fn replace(&self, before: Word, after: Word) -> bool {
        let (success, failure) = (Ordering::AcqRel, Ordering::Relaxed);
        self.0.compare_exchange(before.0, after.0, success, failure).is_ok()
    }

    /// Applies `change` until no other thread comes between. `change` returns what it decided and the word to
    /// write; the word before, the word after and the decision are handed back.
    pub(crate) fn update<T>(&self, mut change: impl FnMut(Word) -> (T, Word)) -> (T, Word, Word) {
        let mut before = self.load();
        loop {
            let (decision, after) = change(before);
            if after == before {
                return (decision, before, after);
            }
            match self.0.compare_exchange_weak(
                before.0,
                after.0,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => return (decision, before, after),
                Err(found) => before = Word(found),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(millis: u64) -> Moment {
        Moment::new(Duration::from_millis(millis))
    }

    #[test]
    fn every_phase_survives_the_word() {
        let phases = [
            Phase::Closed { failures: 0 },
            Phase::Closed { failures: u32::MAX },
            Phase::Open { opened_at: Stamp::at(at(u64::from(u32::MAX) + 5)), reopenings: 15 },
            Phase::HalfOpen {
                last_probe: Stamp::at(at(16_777_215)),
                reopenings: 9,
                in_flight: 31,
                successes: 63,
            },
        ];
        for phase in phases {
            for watch in [Watch::Nothing, Watch::Successes, Watch::Calls] {
                let word = Word::NEW.watched(watch).next_era(phase);
                assert_eq!(word.phase(), phase);
                assert_eq!((word.epoch(), word.is_watched()), (1, watch == Watch::Calls));
                assert_eq!(word, word.watched(watch));
            }
        }
    }

    #[test]
    fn the_epoch_wraps_without_touching_its_neighbours() {
        let first = Word::NEW.watched(Watch::Calls).with(Phase::Closed { failures: 3 });
        let mut word = first;
        for _ in 0..(1 << 21) {
            word = word.next_era(Phase::Closed { failures: 3 });
        }
        assert_eq!(word, first);
    }

    #[test]
    fn a_wait_is_measured_across_the_wrap_of_its_stamp() {
        let stamp = LastProbe::at(at((1 << 24) - 10));
        assert_eq!(stamp.left_of(20, at((1 << 24) + 5)), 5);
        assert_eq!(stamp.left_of(15, at((1 << 24) + 5)), 0);
    }

    #[test]
    fn a_stamp_can_be_made_for_the_end_of_its_wait() {
        // Before the beginning of time, in the past, ahead, and too far ahead.
        let most = 1_000 + (1 << 22) - 1;
        let ends = [(10, 5, 5), (4_000, 4_999, 0), (5_000, 4_999, 1), (9_000, 1_000, 8_000)];
        for (until, now, left) in ends.into_iter().chain([(u64::from(u32::MAX), 1_000, most)]) {
            let stamp = OpenedAt::before(at(until), 1_000, at(now));
            assert_eq!(stamp.left_of(1_000, at(now)), left, "until {until} at {now}");
        }
        for (until, now, left) in [(1_900, 1_000, 900), (9_000, 1_000, 1_000)] {
            let stamp = LastProbe::before(at(until), 1_000, at(now));
            assert_eq!(stamp.left_of(1_000, at(now)), left, "until {until} at {now}");
        }
    }

    #[test]
    fn a_stamp_ahead_of_the_clock_is_one_up_to_seventy_minutes() {
        let ahead = 1 << 22;
        for now in [0, 7, (1 << 35) - 7, (1 << 35) + 7] {
            assert_eq!(OpenedAt::at(at(now + ahead)).left_of(10, at(now)), ahead + 10);
            // Nearly 398 days ago.
            assert_eq!(OpenedAt::at(at(now + ahead + 1)).left_of(10, at(now)), 0);
            assert_eq!(LastProbe::at(at(now + 1)).left_of(10, at(now)), 11);
            assert_eq!(LastProbe::at(at(now + 2)).left_of(10, at(now)), 0);
        }
    }

    #[test]
    fn a_wait_is_over_after_exactly_what_was_left_of_it() {
        // Whatever parts of a millisecond the clock shows when it opens and when it is asked.
        for (opened, asked) in [(5_200, 5_200), (5_200, 5_999), (5_000, 5_000), (5_999, 6_001)] {
            let (opened, asked) = (Duration::from_micros(opened), Duration::from_micros(asked));
            let stamp = OpenedAt::at(Moment::new(opened));
            let left = Duration::from_millis(stamp.left_of(10, Moment::new(asked)));
            assert!(asked + left >= opened + Duration::from_millis(10), "cut short: {left:?}");
            assert_eq!(stamp.left_of(10, Moment::new(asked + left)), 0);
        }
    }

    #[test]
    fn a_watched_or_dirty_word_is_not_clean() {
        let is_clean = |word: Word| {
            assert_eq!(word.is_clean_for(Word::NEW), Word::NEW.is_clean_for(word));
            word.is_clean_for(Word::NEW)
        };
        assert!(is_clean(Word::NEW) && Word::NEW.admits_at_once());
        let watched = Word::NEW.watched(Watch::Calls);
        assert!(!is_clean(watched) && !watched.admits_at_once());
        let counted = Word::NEW.watched(Watch::Successes);
        assert!(!is_clean(counted) && counted.is_clean_and_counted() && counted.admits_at_once());
        let dirty = Word::NEW.with(Phase::Closed { failures: 1 });
        assert!(!is_clean(dirty) && dirty.admits_at_once());
        assert!(!dirty.watched(Watch::Successes).is_clean_and_counted());
        let last = Word(EPOCH);
        assert!(is_clean(last) && last.next_era(Phase::Closed { failures: 0 }) == Word::NEW);
    }

    #[test]
    fn failures_in_a_row_are_told_to_their_own_era_while_nobody_watches() {
        let permit = Word::NEW.next_era(Phase::Closed { failures: 2 });
        let three = permit.with(Phase::Closed { failures: 3 });
        assert_eq!(three.failures_in_a_row(permit), Some(3));
        assert_eq!(three.one_more_failure(), permit.with(Phase::Closed { failures: 4 }));
        let opened_at = Stamp::at(at(5));
        let none = [
            Word::NEW,
            three.next_era(Phase::Closed { failures: 3 }),
            three.with(Phase::Open { opened_at, reopenings: 0 }),
            three.watched(Watch::Successes),
            three.watched(Watch::Calls),
        ];
        for word in none {
            assert_eq!(word.failures_in_a_row(permit), None, "{word:?}");
            if word != Word::NEW && word.epoch() == permit.epoch() {
                assert_eq!(word.failures_in_a_row(word), None, "{word:?}");
            }
        }
        assert_eq!(three.failures_in_a_row(Word::NO_EVIDENCE), None);
    }

    #[test]
    fn lots_differ_by_era_and_by_seed_and_not_by_who_watches() {
        let open = |epoch: u32| {
            let phase = Phase::Open { opened_at: Stamp::at(at(5)), reopenings: 0 };
            (0..epoch).fold(Word::NEW, |word, _| word.next_era(phase)).with(phase)
        };
        let lots: std::collections::BTreeSet<u32> =
            (0..100).flat_map(|n| [open(n).lot(7), open(n).lot(7 << 32)]).collect();
        assert_eq!(lots.len(), 200);
        assert_eq!(open(3).lot(7), open(3).watched(Watch::Calls).lot(7));
        let least = lots.first().copied().expect("200");
        let most = lots.last().copied().expect("200");
        assert!(least < u32::MAX / 20 && most > u32::MAX / 20 * 19, "{least} to {most}");
    }

    #[test]
    fn a_lot_is_drawn_as_splitmix64_draws_it() {
        // The upper halves of its first numbers for the seed 1234567, by the reference implementation.
        let numbers: [u64; 5] = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        let mut seed = 1_234_567_u64;
        for number in numbers {
            assert_eq!(u64::from(Word::NEW.lot(seed)), number >> 32);
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        }
    }

    #[test]
    fn a_word_prints_what_it_says() {
        let word = Word::NEW.watched(Watch::Calls).next_era(Phase::Closed { failures: 3 });
        assert_eq!(
            format!("{word:?}"),
            "Word { epoch: 1, watched: true, counted: false, phase: Closed { failures: 3 } }"
        );
    }
}
