//! The right to make one call.

use std::fmt::{self, Display};
use std::mem;

use super::circuit::CircuitBreaker;
use super::failure::{Message, Reason};
use crate::machine::Word;

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
