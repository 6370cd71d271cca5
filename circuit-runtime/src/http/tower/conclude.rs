//! What becomes of what a service returns.

use super::sealed::Sealed;
use crate::breaker::{OwnedPermit, Rejected};

/// What a guarded service makes of what the service inside returns, and of a rejection. Implemented by the layers of this
/// crate alone: a bound to name.
pub trait Conclude<T, E>: Clone + Sealed {
    /// What the guarded service answers.
    type Response;
    /// What it fails with.
    type Error;

    /// The call was not made.
    #[doc(hidden)]
    fn reject(&self, rejected: Rejected) -> Result<Self::Response, Self::Error>;

    /// The call ended, and its breaker is to be told how.
    #[doc(hidden)]
    fn conclude(
        &self,
        permit: OwnedPermit,
        result: Result<T, E>,
    ) -> Result<Self::Response, Self::Error>;

    /// A call ended that no breaker is to hear of.
    #[doc(hidden)]
    fn pass(&self, result: Result<T, E>) -> Result<Self::Response, Self::Error>;
}
