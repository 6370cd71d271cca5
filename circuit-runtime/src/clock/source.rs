//! What a breaker reads time from.

use std::time::Duration;

use super::moment::Moment;
use super::system::{self, LAG};
#[cfg(feature = "test-util")]
use crate::test_util::ManualClock;

/// So many times the lag of the coarse clock takes a call for whose duration that clock will do.
const SLOW: u32 = 20;

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

    /// Where being late by [`LAG`] does no harm.
    pub(crate) fn coarse(&self) -> Moment {
        self.manual().unwrap_or_else(system::coarse)
    }

    /// For both ends of a call that may take as long as `limit`.
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
