//! What a breaker reads time from.

use super::moment::Moment;
use super::system;
#[cfg(feature = "test-util")]
use crate::test_util::ManualClock;

/// The system's monotonic clock, or one that a test moves by hand.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    #[cfg(feature = "test-util")]
    manual: std::sync::OnceLock<ManualClock>,
}

impl Clock {
    pub(crate) fn now(&self) -> Moment {
        self.manual().unwrap_or_else(system::now)
    }

    /// Where being late by [`LAG`](super::LAG) does no harm.
    pub(crate) fn coarse(&self) -> Moment {
        self.manual().unwrap_or_else(system::coarse)
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
