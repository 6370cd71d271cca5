//! The right to make one call.

use std::fmt::{self, Display};
use std::mem;
use std::time::Duration;

use super::circuit::CircuitBreaker;
use super::failure::{Message, Reason};
use crate::machine::{LONGEST_AWAY, Word};

/// The right to make one call, and the duty to say how it ended: [`try_acquire`](CircuitBreaker::try_acquire).
///
/// Dropped, it counts as cancelled, or as a failure if the thread is panicking; either way its place is free again
/// at once. Forgotten (`mem::forget`), it loses its place after `probe_timeout`. It counts only in the era it was
/// issued in: whatever the breaker has gone through since, a late outcome neither closes nor opens it.
///
/// ```
/// # use circuit_runtime::{CircuitBreaker, Settings};
/// # let breaker = CircuitBreaker::new("queue", Settings::new())?;
/// breaker.try_acquire()?.success();
/// breaker.try_acquire()?.failure(&"no leader");
/// breaker.try_acquire()?.excluded();
/// breaker.try_acquire()?.ignore();
/// drop(breaker.try_acquire()?); // cancelled
/// let calls = breaker.snapshot().calls;
/// assert_eq!((calls.success, calls.failure, calls.made()), (1, 1, 5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a permit that is dropped at once counts as a cancelled call"]
pub struct Permit<'a> {
    breaker: &'a CircuitBreaker,
    word: Word,
}

impl<'a> Permit<'a> {
    /// The longest that [`unavailable`](Self::unavailable) opens a breaker for, but for the `jitter`: an hour.
    pub const LONGEST_WAIT: Duration = Duration::from_millis(LONGEST_AWAY as u64);

    #[inline]
    pub(super) fn new(breaker: &'a CircuitBreaker, word: Word) -> Self {
        Self { breaker, word }
    }

    /// The call succeeded.
    #[inline]
    pub fn success(self) {
        let (breaker, word) = self.into_parts();
        breaker.succeeded(word);
    }

    /// The call failed; `error` is kept as text for the report of a trip.
    pub fn failure(self, error: &dyn Display) {
        if let Some(permit) = self.failed_early() {
            permit.failed(Reason::Error(Message::Display(error)), &Vec::new);
        }
    }

    /// The call failed, and the dependency said for how long it will be away, as by `Retry-After` in an answer of HTTP: opens
    /// the breaker at once, whatever its `threshold` or window, for `wait` instead of its `ttl`, be that shorter or longer.
    /// Then the next call is a probe, as ever.
    ///
    /// In everything else it is a [`failure`](Self::failure): `error` is kept as text for the report of the
    /// [trip](crate::Rule::RetryAfter), from half-open it is one more failed round of probes, and it counts only in the era
    /// that the permit was issued in. A `wait` of zero is no more than that; one above [`LONGEST_WAIT`](Self::LONGEST_WAIT) is
    /// cut to it, and parts of a millisecond are rounded up.
    ///
    /// The `jitter` comes on top; its share is one of the time open by the settings, not of `wait`. A `ttl` that is changed
    /// meanwhile moves the end by as much.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use circuit_runtime::{CircuitBreaker, Rule, Settings, State};
    /// # let breaker = CircuitBreaker::new("search", Settings::new().threshold(5))?;
    /// let permit = breaker.try_acquire()?;
    /// permit.unavailable(&"503 Service Unavailable", Duration::from_secs(120)); // Retry-After: 120
    /// assert_eq!(breaker.state(), State::Open);
    /// let trip = breaker.last_trip().unwrap();
    /// assert_eq!((trip.rule, trip.open_for), (Rule::RetryAfter, Duration::from_secs(120)));
    /// assert_eq!(trip.to_string(), "asked to retry later (open for 120s), last: 503 Service Unavailable");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unavailable(self, error: &dyn Display, wait: Duration) {
        if wait.is_zero() {
            return self.failure(error);
        }
        // Rounded up, so that no wait is cut short.
        let millis = wait.min(Self::LONGEST_WAIT).as_nanos().div_ceil(1_000_000);
        let (breaker, word) = self.into_parts();
        breaker.away(word, error, u32::try_from(millis).unwrap_or(LONGEST_AWAY));
    }

    /// The call ended in an error that proves the dependency answered: a success to the state machine.
    pub fn excluded(self) {
        let (breaker, word) = self.into_parts();
        breaker.excluded(word);
    }

    /// The call ended in a way that is no evidence either way.
    pub fn ignore(self) {
        let (breaker, word) = self.into_parts();
        breaker.ignored(word);
    }

    /// As if dropped, but never taken for a panic: for permits that lie in a future or an iterator, which may be
    /// dropped because something else panics.
    pub(crate) fn cancel(self) {
        let (breaker, word) = self.into_parts();
        breaker.cancelled(word);
    }

    /// Counts the failure where that is all there is to do, whatever the error; gives the permit back where it is not.
    #[inline]
    pub(crate) fn failed_early(self) -> Option<Self> {
        let (breaker, word) = self.into_parts();
        (!breaker.failed_early(word)).then(|| Self::new(breaker, word))
    }

    /// `notes` is asked only if this failure trips the breaker.
    pub(crate) fn failed(self, reason: Reason<'_>, notes: &dyn Fn() -> Vec<String>) {
        let (breaker, word) = self.into_parts();
        breaker.failed(word, reason, notes);
    }

    pub(crate) fn breaker(&self) -> &'a CircuitBreaker {
        self.breaker
    }

    #[inline]
    pub(super) fn into_parts(self) -> (&'a CircuitBreaker, Word) {
        let parts = (self.breaker, self.word);
        mem::forget(self);
        parts
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.breaker.failed(self.word, Reason::Panic, &Vec::new);
        } else {
            self.breaker.cancelled(self.word);
        }
    }
}

impl fmt::Debug for Permit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("breaker", &self.breaker.name()).finish_non_exhaustive()
    }
}
