//! Successes of one era, counted by one thread.

/// An era and a count in one number, so that what is counted for one era is never taken for another's:
/// the epoch in the upper 22 bits, and in the lower 42 how many, modulo 2^42. Only differences are asked of it, and none
/// is ever that large.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Successes(u64);

const EPOCH_AT: u32 = 42;
const COUNT: u64 = (1 << EPOCH_AT) - 1;

impl Successes {
    pub(crate) fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// Those of the era `epoch`.
    pub(crate) fn of(self, epoch: u32) -> u64 {
        if self.0 >> EPOCH_AT == u64::from(epoch) { self.0 & COUNT } else { 0 }
    }

    /// One more of the era `epoch`; those of any other are forgotten.
    pub(crate) fn one_more(self, epoch: u32) -> Self {
        Self(u64::from(epoch) << EPOCH_AT | (self.of(epoch) + 1) & COUNT)
    }

    /// How many came between two totals.
    pub(crate) fn between(before: u64, now: u64) -> u64 {
        now.wrapping_sub(before) & COUNT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_era_counts_from_zero() {
        let last = (1 << 22) - 1;
        let counted = Successes::default().one_more(last).one_more(last);
        assert_eq!((counted.of(last), counted.of(0)), (2, 0));
        assert_eq!(counted.one_more(0).of(0), 1);
    }

    #[test]
    fn a_count_that_wraps_stays_in_its_era_and_its_differences_stay_right() {
        let full = Successes::from_bits(5 << EPOCH_AT | COUNT);
        let wrapped = full.one_more(5).one_more(5);
        assert_eq!(wrapped.of(5), 1);
        assert_eq!(Successes::between(full.of(5), wrapped.of(5)), 2);
    }
}
