//! For tests: a clock that moves only when it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A clock that stands still until [`advance`](Self::advance). Clones show the same time.
///
/// ```
/// use std::time::Duration;
/// use circuit_runtime::test_util::ManualClock;
/// use circuit_runtime::{CircuitBreaker, Settings, State};
///
/// let clock = ManualClock::new();
/// let breaker = CircuitBreaker::new("db", Settings::new().ttl(Duration::from_secs(60)))?;
/// breaker.set_clock(&clock);
///
/// breaker.open();
/// clock.advance(Duration::from_secs(59));
/// assert_eq!(breaker.state(), State::Open);
/// clock.advance(Duration::from_secs(1));
/// assert_eq!(breaker.state(), State::HalfOpen);
/// # Ok::<(), circuit_runtime::SettingsError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ManualClock {
    nanos: Arc<AtomicU64>,
}

impl ManualClock {
    /// A clock at its beginning.
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the clock on; it never goes back. Stops at 584 years.
    pub fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
        let moved = |nanos: u64| Some(nanos.saturating_add(by));
        // Always `Ok`, since `moved` always has an answer.
        let _ = self.nanos.fetch_update(Ordering::AcqRel, Ordering::Acquire, moved);
    }

    /// How far it has been moved so far.
    pub fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.nanos())
    }

    pub(crate) fn nanos(&self) -> u64 {
        self.nanos.load(Ordering::Acquire)
    }
}
