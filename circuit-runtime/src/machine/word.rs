//! The whole state of a breaker in one atomic word.
//!
//! ```text
//!  bit 63                                                    25 24      3   2     1  0
//! ┌──────────────────────────────────────────────────────────┬──────────┬───────┬─────┐
//! │ Closed    failures 32                                    │          │       │     │
//! │ Open      opened_at 35 │ reopenings 4                    │ epoch 22 │watched│state│
//! │ HalfOpen  last_probe 24│ reopenings 4│in_flight 5│succ. 6│          │   1   │  2  │
//! └──────────────────────────────────────────────────────────┴──────────┴───────┴─────┘
//! ```
//!
//! Closed is zero in every field, so "closed, nobody watching, no failure counted" is one mask away: the
//! only question that a successful call asks.
//!
//! The epoch wraps after 4 million eras: an outcome that comes in exactly that many transitions late would be
//! taken for one of the current era. Times are milliseconds and wrap as well, 398 days for `opened_at` and 4.6
//! hours for `last_probe`. A wait is the difference of two of them, so a breaker that nobody called for so long, and less
//! than one wait longer, waits once more: never longer than one time open or one `probe_timeout`, and never for ever.

use crate::clock::Moment;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::observe;

const STATE: u64 = 0b11;
const OPEN: u64 = 1;
const HALF_OPEN: u64 = 2;
const NO_STATE: u64 = 3;
pub(super) const WATCHED: u64 = 1 << 2;
const EPOCH_AT: u32 = 3;
const EPOCH: u64 = ((1 << 22) - 1) << EPOCH_AT;
pub(super) const PAYLOAD_AT: u32 = 25;

/// A time in milliseconds, kept in the low `BITS` bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp<const BITS: u32>(u64);

/// When an open breaker opened.
pub(crate) type OpenedAt = Stamp<35>;
/// When the latest probe was let in.
pub(crate) type LastProbe = Stamp<24>;

impl<const BITS: u32> Stamp<BITS> {
    const MASK: u64 = (1 << BITS) - 1;

    pub(crate) fn at(moment: Moment) -> Self {
        Self(moment.stamp() & Self::MASK)
    }

    /// How many of `limit` milliseconds from this stamp are left at `now`: so many that after them, and not before,
    /// none is.
    pub(crate) fn left_of(self, limit: u64, now: Moment) -> u64 {
        let elapsed = now.reached().wrapping_sub(self.0) & Self::MASK;
        // A stamp is rounded up, so it can lie up to a millisecond ahead of the clock.
        if elapsed == Self::MASK { limit + 1 } else { limit.saturating_sub(elapsed) }
    }
}

/// What a [`Word`] says, spelt out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Closed { failures: u32 },
    Open { opened_at: OpenedAt, reopenings: u8 },
    HalfOpen { last_probe: LastProbe, reopenings: u8, in_flight: u8, successes: u8 },
}

/// One value of the atomic word. A permit carries the one it was issued under.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word(pub(super) u64);

impl Word {
    /// What a permit's word says beside the time of its call.
    pub(super) const OF_PERMIT: u64 = STATE | WATCHED | EPOCH;

    /// Closed, epoch zero, nobody watching.
    pub(crate) const NEW: Self = Self(0);

    /// Carried by a permit whose call is not counted at all.
    pub(crate) const UNCOUNTED: Self = Self::no_machines(0);
    /// Carried by a permit whose call is counted, but is no evidence for any era.
    pub(crate) const NO_EVIDENCE: Self = Self::no_machines(1);
    /// In place of a permit's: the breaker is still to be asked.
    pub(crate) const AHEAD: Self = Self::no_machines(2);
    /// In place of a permit's: it said no.
    pub(crate) const REFUSED: Self = Self::no_machines(3);
    /// In place of a permit's: it was taken.
    pub(crate) const OVER: Self = Self::no_machines(4);

    /// Of a state that no machine is ever in, and so of no machine's era.
    const fn no_machines(number: u64) -> Self {
        Self(NO_STATE | number << EPOCH_AT)
    }

    /// Whether this stands in place of a permit's word.
    #[inline]
    pub(crate) fn is_mark(self) -> bool {
        self.0 & STATE == NO_STATE && self.0 & EPOCH >= Self::AHEAD.0 & EPOCH
    }

    pub(crate) const MAX_REOPENINGS: u8 = 0b1111;

    /// Closed and unwatched: a call may be made, and nobody has to be told.
    #[inline]
    pub(crate) fn admits_at_once(self) -> bool {
        self.0 & (STATE | WATCHED) == 0
    }

    /// Closed, unwatched and no failure counted: a success, of whatever era, changes nothing.
    #[inline]
    pub(crate) fn is_clean(self) -> bool {
        self.0 & !EPOCH == 0
    }

    pub(crate) fn is_watched(self) -> bool {
        self.0 & WATCHED != 0
    }

    pub(crate) fn is_counted(self) -> bool {
        self != Self::UNCOUNTED
    }

    /// Whether an outcome of a call admitted under `self` is evidence for a machine that now reads `current`.
    pub(crate) fn same_era(self, current: Self) -> bool {
        (self.0 ^ current.0) & (STATE | EPOCH) == 0
    }

    /// A number that another era, or another `seed`, would not have drawn.
    #[allow(clippy::cast_possible_truncation, reason = "the upper half is as good as the whole")]
    pub(crate) fn lot(self, seed: u64) -> u32 {
        // The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
        let mut lot = (self.0 & !WATCHED ^ seed).wrapping_add(0x9e37_79b9_7f4a_7c15);
        lot = (lot ^ lot >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        lot = (lot ^ lot >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((lot ^ lot >> 31) >> 32) as u32
    }

    pub(crate) fn same_state(self, other: Self) -> bool {
        (self.0 ^ other.0) & STATE == 0
    }

    pub(crate) fn epoch(self) -> u32 {
        // 22 bits fit.
        ((self.0 & EPOCH) >> EPOCH_AT) as u32
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
            _ => Phase::Closed { failures: payload as u32 },
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
        Self(self.0 & (EPOCH | WATCHED) | state | payload << PAYLOAD_AT)
    }

    /// The first word of the next era.
    pub(crate) fn next_era(self, phase: Phase) -> Self {
        let epoch = (self.0.wrapping_add(1 << EPOCH_AT)) & EPOCH;
        Self(self.0 & !EPOCH | epoch).with(phase)
    }

    pub(crate) fn watched(self, watched: bool) -> Self {
        Self(if watched { self.0 | WATCHED } else { self.0 & !WATCHED })
    }
}

impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Word")
            .field("epoch", &self.epoch())
            .field("watched", &self.is_watched())
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
            for watched in [false, true] {
                let word = Word::NEW.watched(watched).next_era(phase);
                assert_eq!(word.phase(), phase);
                assert_eq!((word.epoch(), word.is_watched()), (1, watched));
            }
        }
    }

    #[test]
    fn the_epoch_wraps_without_touching_its_neighbours() {
        let mut word = Word::NEW.watched(true).with(Phase::Closed { failures: 3 });
        for _ in 0..(1 << 22) {
            word = word.next_era(Phase::Closed { failures: 3 });
        }
        assert_eq!(word, Word::NEW.watched(true).with(Phase::Closed { failures: 3 }));
    }

    #[test]
    fn a_wait_is_measured_across_the_wrap_of_its_stamp() {
        let stamp = LastProbe::at(at((1 << 24) - 10));
        assert_eq!(stamp.left_of(20, at((1 << 24) + 5)), 5);
        assert_eq!(stamp.left_of(15, at((1 << 24) + 5)), 0);
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
        assert!(Word::NEW.is_clean() && Word::NEW.admits_at_once());
        assert!(!Word::NEW.watched(true).is_clean());
        let dirty = Word::NEW.with(Phase::Closed { failures: 1 });
        assert!(!dirty.is_clean() && dirty.admits_at_once());
        assert!(Word::NEW.next_era(Phase::Closed { failures: 0 }).is_clean());
    }

    #[test]
    fn lots_differ_by_era_and_by_seed_and_not_by_who_watches() {
        let open = |epoch: u32| {
            let phase = Phase::Open { opened_at: Stamp::at(at(5)), reopenings: 0 };
            (0..epoch).fold(Word::NEW, |word, _| word.next_era(phase)).with(phase)
        };
        let lots: std::collections::BTreeSet<u32> =
            (0..100).flat_map(|n| [open(n).lot(7), open(n).lot(8)]).collect();
        assert_eq!(lots.len(), 200);
        assert_eq!(open(3).lot(7), open(3).watched(true).lot(7));
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
        let word = Word::NEW.watched(true).next_era(Phase::Closed { failures: 3 });
        assert_eq!(
            format!("{word:?}"),
            "Word { epoch: 1, watched: true, phase: Closed { failures: 3 } }"
        );
    }
}
