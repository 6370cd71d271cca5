//! Shares of a whole, compared in integers.

/// A share of a whole in billionths, so that 97 failures among 97 calls are 100 %, and 1 among 3 is a third.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Share(u32);

const WHOLE: u32 = 1_000_000_000;

impl Share {
    pub(crate) const ZERO: Self = Self(0);
    /// The smallest that is one.
    pub(crate) const LEAST: Self = Self(1);

    /// Rounded down, so that what is a share of some whole in exact numbers reaches it here as well. `None` unless
    /// `share` is from 0 to 1.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to 10^9, and meant to be rounded down"
    )]
    pub(crate) fn new(share: f64) -> Option<Self> {
        (0.0..=1.0).contains(&share).then(|| Self((share * f64::from(WHOLE)) as u32))
    }

    /// In billionths: what [`from_bits`](Self::from_bits) takes.
    pub(crate) fn bits(self) -> u32 {
        self.0
    }

    pub(crate) fn from_bits(bits: u32) -> Self {
        Self(bits.min(WHOLE))
    }

    pub(crate) fn get(self) -> f64 {
        f64::from(self.0) / f64::from(WHOLE)
    }

    /// Whether `part` is at least this share of `whole`.
    pub(crate) fn is_reached(self, part: u64, whole: u64) -> bool {
        u128::from(part) * u128::from(WHOLE) >= u128::from(self.0) * u128::from(whole)
    }

    /// A part of this share of `whole`: `of` of all the 2^32 parts there are.
    pub(crate) fn part(self, whole: u64, of: u32) -> u64 {
        let share = u128::from(whole) * u128::from(self.0) / u128::from(WHOLE);
        u64::try_from((share * u128::from(of)) >> 32).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_percent_of_any_number_of_calls_is_a_hundred_percent() {
        let all = Share::new(1.0).expect("a share");
        for calls in [1, 3, 97, 161, 167, 193, u64::from(u32::MAX), u64::MAX] {
            assert!(all.is_reached(calls, calls), "{calls}");
            assert!(!all.is_reached(calls - 1, calls), "{calls}");
        }
    }

    #[test]
    fn a_share_is_reached_by_the_fraction_that_it_was_written_for() {
        for whole in 1..=100_u32 {
            for part in 1..=whole {
                let share = Share::new(f64::from(part) / f64::from(whole)).expect("a share");
                assert!(share.is_reached(part.into(), whole.into()), "{part} of {whole}");
                assert!(!share.is_reached(u64::from(part) - 1, whole.into()), "{part} of {whole}");
            }
        }
    }

    #[test]
    fn what_is_no_share_is_refused() {
        for wrong in [-0.1, 1.000_001, f64::NAN, f64::INFINITY] {
            assert_eq!(Share::new(wrong), None, "{wrong}");
        }
        assert_eq!(Share::new(0.0), Some(Share::ZERO));
    }

    #[test]
    fn a_part_is_at_most_the_share() {
        let half = Share::new(0.5).expect("a share");
        assert_eq!(half.part(1_000, 0), 0);
        assert_eq!(half.part(1_000, u32::MAX / 2 + 1), 250);
        assert_eq!(half.part(1_000, u32::MAX), 499);
    }
}
