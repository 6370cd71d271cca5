//! Monotonic time, in the units the machine counts in.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

#[cfg(feature = "test-util")]
use crate::test_util::ManualClock;

/// A point in monotonic time: how long after the process's first reading it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(Duration);

impl Moment {
    pub(crate) const fn new(since_start: Duration) -> Self {
        Self(since_start)
    }

    /// The whole milliseconds reached: what a waiting time is measured up to.
    pub(crate) fn reached(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }

    /// The millisecond that a waiting time is measured from. Rounded up, so that with
    /// [`reached`](Self::reached) no wait is ever cut short, only prolonged by under a millisecond.
    pub(crate) fn stamp(self) -> u64 {
        u64::try_from(self.0.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }

    /// The whole microseconds reached.
    pub(crate) fn micros(self) -> u64 {
        u64::try_from(self.0.as_micros()).unwrap_or(u64::MAX)
    }

    /// The nanoseconds reached: 584 years fit.
    pub(crate) fn nanos(self) -> u64 {
        u64::try_from(self.0.as_nanos()).unwrap_or(u64::MAX)
    }

    /// Zero where `earlier` is later: two threads' readings may cross.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// The process's first reading.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// What a breaker reads time from: the system's monotonic clock, or one that a test moves by hand.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    #[cfg(feature = "test-util")]
    manual: std::sync::OnceLock<ManualClock>,
}

impl Clock {
    #[cfg_attr(
        not(feature = "test-util"),
        allow(clippy::unused_self, reason = "only a test's clock is a breaker's own")
    )]
    pub(crate) fn now(&self) -> Moment {
        #[cfg(feature = "test-util")]
        if let Some(manual) = self.manual.get() {
            return Moment::new(manual.elapsed());
        }
        let start = *START;
        Moment::new(Instant::now().saturating_duration_since(start))
    }

    /// Returns whether the clock was still the system's.
    #[cfg(feature = "test-util")]
    pub(crate) fn set(&self, manual: &ManualClock) -> bool {
        self.manual.set(manual.clone()).is_ok()
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
