//! A permit that keeps its breaker.

use std::fmt::{self, Display};
use std::mem;
use std::time::Duration;

use super::circuit::CircuitBreaker;
use super::handle::BreakerHandle;
use super::permit::Permit;
use super::rejected::Rejected;
use crate::machine::Word;

/// As [`Permit`], for calls that go on after the function that asked has returned: it keeps its breaker, so it can lie in a
/// future or a body of your own. Dropped, it counts as a cancelled call, or as a failed one where the thread panics.
///
/// ```
/// use circuit_runtime::{BreakerHandle, OwnedPermit, Rejected, breaker};
///
/// struct Download {
///     permit: OwnedPermit, // until its last byte is there
/// }
///
/// fn begin(files: &BreakerHandle) -> Result<Download, Rejected> {
///     Ok(Download { permit: files.try_acquire_owned()? })
/// }
///
/// let files = BreakerHandle::from(breaker!("owned/files", threshold = 5));
/// begin(&files)?.permit.failure(&"connection reset");
/// assert_eq!(files.failure_count(), 1);
/// # Ok::<(), Rejected>(())
/// ```
#[must_use = "a permit that is dropped at once counts as a cancelled call"]
pub struct OwnedPermit {
    breaker: BreakerHandle,
    word: Word,
}

impl BreakerHandle {
    /// As [`try_acquire`](CircuitBreaker::try_acquire), for a permit that keeps the breaker.
    ///
    /// # Errors
    ///
    /// [`Rejected`] if the breaker is open, or half-open with all probes out.
    #[inline]
    pub fn try_acquire_owned(&self) -> Result<OwnedPermit, Rejected> {
        self.clone().into_permit()
    }

    /// As [`try_acquire_owned`](Self::try_acquire_owned), for who has no more use for the handle.
    #[inline]
    pub(crate) fn into_permit(self) -> Result<OwnedPermit, Rejected> {
        let (_, word) = self.try_acquire()?.into_parts();
        Ok(OwnedPermit { breaker: self, word })
    }
}

impl OwnedPermit {
    /// The call succeeded.
    #[inline]
    pub fn success(mut self) {
        self.take().success();
    }

    /// The call failed; `error` is kept as text for the report of a trip.
    pub fn failure(mut self, error: &dyn Display) {
        self.take().failure(error);
    }

    /// The call failed, and the dependency said for how long it will be away: as [`Permit::unavailable`].
    pub fn unavailable(mut self, error: &dyn Display, wait: Duration) {
        self.take().unavailable(error, wait);
    }

    /// The call ended in an error that proves the dependency answered: a success to the state machine.
    pub fn excluded(mut self) {
        self.take().excluded();
    }

    /// The call ended in a way that is no evidence either way.
    pub fn ignore(mut self) {
        self.take().ignore();
    }

    /// The breaker that it is of.
    pub fn breaker(&self) -> &CircuitBreaker {
        &self.breaker
    }

    /// What is left behind finds nothing to do when it is dropped.
    #[inline]
    pub(crate) fn take(&mut self) -> Permit<'_> {
        Permit::new(&self.breaker, mem::replace(&mut self.word, Word::OVER))
    }
}

/// For calls that are made in steps.
#[cfg(any(feature = "tower", feature = "reqwest-middleware"))]
impl OwnedPermit {
    /// From now on, the time is the caller's own, until [`resume`](Self::resume).
    pub(crate) fn rest(&mut self) {
        if self.word.is_timed() {
            self.word = self.word.resting(|| self.breaker.clock.now());
        }
    }

    /// The dependency is waited for again.
    pub(crate) fn resume(&mut self) {
        if self.word.is_timed() {
            self.word = self.word.resumed(|| self.breaker.clock.now());
        }
    }
}

impl Drop for OwnedPermit {
    fn drop(&mut self) {
        if self.word != Word::OVER {
            drop(self.take());
        }
    }
}

impl fmt::Debug for OwnedPermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPermit").field("breaker", &self.breaker.name()).finish_non_exhaustive()
    }
}
