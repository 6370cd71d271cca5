//! Points in time, and what is counted of them.

use std::time::Duration;

/// A point in monotonic time, in nanoseconds since a beginning that is the same for the whole process: 584 years fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    pub(crate) const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The whole milliseconds reached: what a waiting time is measured up to.
    pub(crate) const fn reached(self) -> u64 {
        self.0 / 1_000_000
    }

    /// The millisecond that a waiting time is measured from. Rounded up, so that with
    /// [`reached`](Self::reached) no wait is ever cut short, only prolonged by under a millisecond.
    pub(crate) const fn stamp(self) -> u64 {
        self.0.div_ceil(1_000_000)
    }

    /// The whole microseconds reached.
    pub(crate) const fn micros(self) -> u64 {
        self.0 / 1_000
    }

    pub(crate) const fn nanos(self) -> u64 {
        self.0
    }

    /// So many milliseconds later.
    pub(crate) const fn after(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis.saturating_mul(1_000_000)))
    }

    /// Milliseconds until `later`, rounded up; zero if that is over.
    #[cfg(feature = "storage")]
    pub(crate) const fn until(self, later: Self) -> u64 {
        later.0.saturating_sub(self.0).div_ceil(1_000_000)
    }

    /// Zero where `earlier` is later: two threads' readings may cross.
    pub(crate) const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

#[cfg(test)]
impl Moment {
    pub(crate) fn new(since_beginning: Duration) -> Self {
        Self(u64::try_from(since_beginning.as_nanos()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_never_earlier_than_the_moment_it_was_taken() {
        let taken = Moment::new(Duration::from_micros(1_001));
        assert_eq!((taken.reached(), taken.stamp()), (1, 2));
        let whole = Moment::new(Duration::from_millis(7));
        assert_eq!((whole.reached(), whole.stamp()), (7, 7));
    }
}
