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
