//! Time that a test moves.

use std::fmt;
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
#[derive(Clone, Default)]
pub struct ManualClock {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// How far it has been moved.
    moved: AtomicU64,
    /// What it follows beside, and the most that has shown so far.
    followed: Option<Box<dyn Fn() -> Duration + Send + Sync>>,
    latest: AtomicU64,
}

impl ManualClock {
    /// A clock at its beginning.
    pub fn new() -> Self {
        Self::default()
    }

    /// A clock that shows what `elapsed` says, and what it is moved by beside. It does not go back: where `elapsed` does, it
    /// stands still. `elapsed` is asked under a breaker's locks, so it must neither call a breaker nor panic.
    ///
    /// So breakers keep the time of `tokio`, paused or not: paused, a `sleep` moves them as it moves everything else, and so
    /// does `tokio::time::advance`. On a thread outside the runtime, where `tokio` shows real time, it stands still.
    ///
    /// ```
    /// use std::time::Duration;
    /// use circuit_runtime::test_util::{ManualClock, isolate_by};
    /// use circuit_runtime::{State, breaker};
    ///
    /// #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// async fn main() {
    ///     let start = tokio::time::Instant::now();
    ///     let _test = isolate_by(&ManualClock::following(move || start.elapsed()));
    ///
    ///     let db = breaker!("paused/db", ttl = 60);
    ///     db.open();
    ///     tokio::time::sleep(Duration::from_secs(60)).await; // takes no time
    ///     assert_eq!(db.state(), State::HalfOpen);
    /// }
    /// ```
    pub fn following(elapsed: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let followed: Box<dyn Fn() -> Duration + Send + Sync> = Box::new(elapsed);
        Self { inner: Arc::new(Inner { followed: Some(followed), ..Inner::default() }) }
    }

    /// Moves the clock on; it never goes back. Stops at 584 years.
    pub fn advance(&self, by: Duration) {
        let by = nanos_of(by);
        let moved = |nanos: u64| Some(nanos.saturating_add(by));
        // Always `Ok`, since `moved` always has an answer.
        let _ = self.inner.moved.fetch_update(Ordering::AcqRel, Ordering::Acquire, moved);
    }

    /// What it shows: how far it has been moved so far, and what it follows.
    pub fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.nanos())
    }

    pub(crate) fn nanos(&self) -> u64 {
        let Inner { moved, followed, latest } = &*self.inner;
        let followed = followed.as_ref().map_or(0, |elapsed| {
            let elapsed = nanos_of(elapsed());
            latest.fetch_max(elapsed, Ordering::AcqRel).max(elapsed)
        });
        moved.load(Ordering::Acquire).saturating_add(followed)
    }
}

fn nanos_of(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ManualClock").field(&self.elapsed()).finish()
    }
}
