//! Breakers of a test's own.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use crate::clock::ManualClock;
use crate::registry::{Current, Registry};
use crate::scoped::Scoped;

/// Gives this thread breakers of its own, as in a program that has just started, until the guard is dropped: every guarded
/// function, [`breaker!`](crate::breaker), [`registry()`](crate::registry()) and [`configure()`](crate::configure) means
/// these. The declarations are those of the program; state, counts, live settings, listeners and configuration are the test's,
/// and time stands still until [`advance`](Isolation::advance).
///
/// Begin a test with it, and those that run beside it are not disturbed. In a `#[tokio::test]` it covers the tasks that are
/// spawned as well, since they run on the test's own thread; other threads and a multi-threaded runtime's tasks are taken in
/// with [`Isolation::handle`].
///
/// A `&'static CircuitBreaker` from before is still the program's, and a breaker of one's own
/// ([`CircuitBreaker::new`](crate::CircuitBreaker::new)) keeps real time unless it is given [the clock](Isolation::clock) with
/// [`set_clock`](crate::CircuitBreaker::set_clock). Times of day ([`Trip::at`](crate::Trip::at)) are real. What an isolation
/// makes lives as long as the test program, some kilobytes for each breaker used.
///
/// ```
/// use std::time::Duration;
/// use circuit_runtime::test_util::isolate;
/// use circuit_runtime::{State, breaker};
///
/// let outside = breaker!("mailer", ttl = 60);
/// {
///     let test = isolate();
///     breaker!("mailer").open();
///     test.advance(Duration::from_secs(60));
///     assert_eq!(breaker!("mailer").state(), State::HalfOpen);
/// }
/// assert_eq!((outside.state(), breaker!("mailer").state()), (State::Closed, State::Closed));
/// ```
pub fn isolate() -> Isolation {
    isolate_by(&ManualClock::new())
}

/// As [`isolate`], by a clock that you have: one for several tests' worth of breakers, or one
/// [following](ManualClock::following) another.
pub fn isolate_by(clock: &ManualClock) -> Isolation {
    let handle = IsolationHandle { registry: Registry::isolated(clock), clock: clock.clone() };
    Isolation { _current: Current::set(handle.registry), handle }
}

/// The thread has breakers of its own as long as this lives: [`isolate`].
///
/// Of several, the latest that lives is the one that holds, in whatever order they are dropped.
#[must_use = "dropped at once, it isolates nothing"]
pub struct Isolation {
    handle: IsolationHandle,
    _current: Current,
}

impl Isolation {
    /// Moves the time of these breakers on.
    pub fn advance(&self, by: Duration) {
        self.handle.advance(by);
    }

    /// Their clock.
    pub fn clock(&self) -> &ManualClock {
        &self.handle.clock
    }

    /// What takes these breakers to other threads and tasks.
    pub fn handle(&self) -> IsolationHandle {
        self.handle.clone()
    }
}

impl fmt::Debug for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Isolation").field(&self.handle.registry).finish()
    }
}

/// Takes the breakers of an [`Isolation`] to other threads and tasks, and outlives it.
///
/// ```
/// use circuit_runtime::breaker;
/// use circuit_runtime::test_util::isolate;
///
/// let test = isolate();
/// let handle = test.handle();
/// std::thread::spawn(move || handle.run(|| breaker!("outbox", threshold = 1).open())).join().unwrap();
/// assert!(breaker!("outbox").try_acquire().is_err());
/// ```
#[derive(Clone, Debug)]
pub struct IsolationHandle {
    registry: &'static Registry,
    clock: ManualClock,
}

impl IsolationHandle {
    /// Runs `f`, with the isolated breakers on this thread.
    pub fn run<T>(&self, f: impl FnOnce() -> T) -> T {
        let _current = Current::set(self.registry);
        f()
    }

    /// A future that is polled, and dropped, with the isolated breakers: for `tokio::spawn(handle.scope(..))` where tasks run
    /// on threads of their own.
    pub fn scope<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        let registry = self.registry;
        Scoped::new(future, move || Current::set(registry))
    }

    /// Moves the time of these breakers on.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}
