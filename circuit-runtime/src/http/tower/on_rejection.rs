//! What a client gets whose request was rejected: an error, or a response.

use std::fmt::Display;

use ::http::Response;

use super::super::body::GuardedBody;
use super::super::ending::Why;
use super::super::rejected_response::RejectedResponse;
use super::super::verdict::{BoxError, Verdict};
use super::sealed::Sealed;
use crate::breaker::{OwnedPermit, Rejected};

/// What a client gets whose request was rejected: [`FailRejected`] or [`AnswerRejected`]. A bound to name: this crate
/// alone implements it.
pub trait OnRejection<E>: Clone + Sealed {
    /// What the guarded service fails with.
    type Error;

    #[doc(hidden)]
    fn reject<B>(&self, rejected: Rejected) -> Result<Response<GuardedBody<B>>, Self::Error>;

    #[doc(hidden)]
    fn error(error: E) -> Self::Error;

    /// The call ended in this error.
    #[doc(hidden)]
    fn end(permit: OwnedPermit, verdict: Verdict, error: &Self::Error);
}

/// A boxed error, in which [`Rejected::find_in`](crate::Rejected::find_in) finds the rejection.
#[derive(Clone, Copy, Debug)]
pub struct FailRejected;

impl Sealed for FailRejected {}

impl<E: Into<BoxError>> OnRejection<E> for FailRejected {
    type Error = BoxError;

    fn reject<B>(&self, rejected: Rejected) -> Result<Response<GuardedBody<B>>, BoxError> {
        Err(rejected.into())
    }

    fn error(error: E) -> BoxError {
        error.into()
    }

    fn end(permit: OwnedPermit, verdict: Verdict, error: &BoxError) {
        permit.end(verdict, &Why::Error(&**error));
    }
}

/// A response: errors stay what they are.
#[derive(Clone, Copy, Debug)]
pub struct AnswerRejected(pub(super) RejectedResponse);

impl Sealed for AnswerRejected {}

impl<E: Display + 'static> OnRejection<E> for AnswerRejected {
    type Error = E;

    fn reject<B>(&self, rejected: Rejected) -> Result<Response<GuardedBody<B>>, E> {
        Ok(self.0.to::<String>(&rejected).map(GuardedBody::of_breaker))
    }

    fn error(error: E) -> E {
        error
    }

    fn end(permit: OwnedPermit, verdict: Verdict, error: &E) {
        permit.end(verdict, &Why::any(error));
    }
}
