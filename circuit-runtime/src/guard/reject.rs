//! What a wrapper answers with whose call was rejected.

use crate::breaker::Rejected;

/// Makes the answer.
pub trait Reject<T> {
    fn reject(&self, rejected: Rejected) -> T;
}

impl<T, X: Fn(Rejected) -> T> Reject<T> for X {
    #[inline]
    fn reject(&self, rejected: Rejected) -> T {
        self(rejected)
    }
}

/// For wrappers that are made with a permit: theirs is not rejected any more.
#[derive(Clone, Copy, Debug)]
pub struct Admitted;

impl<T> Reject<T> for Admitted {
    fn reject(&self, rejected: Rejected) -> T {
        unreachable!("{rejected}, after its permit was given")
    }
}

/// What can be made from the error that `rejected` makes.
#[diagnostic::on_unimplemented(
    message = "`rejected` makes the error of a `Result`, and `{Self}` is none",
    label = "not a `Result`",
    note = "return a `Result`, or answer rejected calls with `fallback = ..`"
)]
pub trait RejectedBy {
    type Error;

    fn reject_by(make: impl FnOnce(Rejected) -> Self::Error, rejected: Rejected) -> Self;
}

impl<T, E> RejectedBy for Result<T, E> {
    type Error = E;

    #[inline]
    fn reject_by(make: impl FnOnce(Rejected) -> E, rejected: Rejected) -> Self {
        Err(make(rejected))
    }
}
