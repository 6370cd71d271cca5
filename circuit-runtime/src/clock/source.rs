//! What a breaker reads time from.

use std::time::Duration;

#[cfg(feature = "test-util")]
use super::manual::ManualClock;
use super::moment::Moment;
use super::system::{self, LAG};

/// So many times the lag of the coarse clock takes a call for whose duration that clock will do.
const SLOW: u32 = 20;

/// The system's monotonic clock, or one that a test moves by hand.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    #[cfg(feature = "test-util")]
    manual: std::sync::OnceLock<ManualClock>,
    /// Nanoseconds by which a manual clock, read coarsely, is late.
    #[cfg(test)]
    pub(crate) lag: std::sync::atomic::AtomicU64,
}

impl Clock {
    pub(crate) fn now(&self) -> Moment {
        self.manual().unwrap_or_else(system::now)
    }

    /// Where being late by [`LAG`] does no harm.
    pub(crate) fn coarse(&self) -> Moment {
        #[cfg(test)]
        if let Some(now) = self.manual() {
            let lag = self.lag.load(std::sync::atomic::Ordering::Relaxed);
            return Moment::from_nanos(now.nanos().saturating_sub(lag));
        }
        self.manual().unwrap_or_else(system::coarse)
    }

    /// For both ends of a call that may take as long as `limit`. Not for what lies between: a call that pauses would be wrong
    /// by up to a tick for each pause.
    pub(crate) fn for_slow_calls(&self, limit: Duration) -> Moment {
        if limit >= SLOW * LAG { self.coarse() } else { self.now() }
    }

    #[cfg(feature = "test-util")]
    fn manual(&self) -> Option<Moment> {
        self.manual.get().map(|manual| Moment::from_nanos(manual.nanos()))
    }

    #[cfg(not(feature = "test-util"))]
    #[allow(clippy::unused_self, reason = "only a test's clock is a breaker's own")]
    fn manual(&self) -> Option<Moment> {
        None
    }

    /// Returns whether the clock was still the system's.
    #[cfg(feature = "test-util")]
    pub(crate) fn set(&self, manual: &ManualClock) -> bool {
        self.manual.set(manual.clone()).is_ok()
    }
}

#[cfg(all(test, feature = "test-util"))]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;

    #[test]
    fn only_long_calls_are_timed_by_the_coarse_clock() {
        let (clock, manual) = (Clock::default(), ManualClock::new());
        assert!(clock.set(&manual));
        manual.advance(Duration::from_secs(60));
        clock.lag.store(7, Ordering::Relaxed);
        assert_eq!(clock.now().since(clock.coarse()), Duration::from_nanos(7));
        let long = SLOW * LAG;
        assert_eq!(clock.for_slow_calls(long), clock.coarse());
        if let Some(shorter) = long.checked_sub(Duration::from_nanos(1)) {
            assert_eq!(clock.for_slow_calls(shorter), clock.now());
        }
    }
}
