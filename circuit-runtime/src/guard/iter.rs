//! The guarded call of an iterator: one call with one outcome, however many items.

use std::fmt;
use std::iter::FusedIterator;

use super::evidence::{Evidence, settle};
use super::open_call::OpenCall;
use super::outcome::Reading;
use super::reject::{Admitted, Reject};
use crate::breaker::{Permit, Rejected};

/// An iterator whose call is open until its first counted failure, its end, or its drop.
///
/// Has the traits that the inner one has, so that `impl A + B` still holds.
pub struct GuardedIter<I, K, J, V, X> {
    state: State<I, X>,
    reading: K,
    judge: J,
    refuse: V,
}

enum State<I, X> {
    Admitted { inner: I, call: OpenCall },
    Rejected(Option<(Rejected, X)>),
}

/// Guards the iterator that `body` makes; where the call was rejected, an iterator of that one rejection.
pub fn iterate<I, K, J, V, X>(
    entered: Result<Permit<'static>, Rejected>,
    body: impl FnOnce() -> I,
    reading: K,
    judge: J,
    refuse: V,
    reject: X,
) -> GuardedIter<I, K, J, V, X>
where
    I: Iterator<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
    let state = match entered {
        Ok(permit) => State::admitted(permit, body()),
        Err(rejected) => State::Rejected(Some((rejected, reject))),
    };
    GuardedIter { state, reading, judge, refuse }
}

/// Guards the iterator that `body` makes, for a call that was admitted.
pub fn iterate_after<I, K, J, V>(
    permit: Permit<'static>,
    body: impl FnOnce() -> I,
    reading: K,
    judge: J,
    refuse: V,
) -> GuardedIter<I, K, J, V, Admitted>
where
    I: Iterator<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
{
    GuardedIter { state: State::admitted(permit, body()), reading, judge, refuse }
}

/// Guards the iterator that `body` makes if it succeeds; its own error is an outcome as well.
pub fn try_iterate<I, E, K, J, V>(
    permit: Permit<'static>,
    body: impl FnOnce() -> Result<I, E>,
    judge_body: impl Fn(&E) -> Evidence<'_>,
    reading: K,
    judge: J,
    refuse: V,
) -> Result<GuardedIter<I, K, J, V, Admitted>, E>
where
    I: Iterator<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
{
    match body() {
        Ok(inner) => {
            let state = State::admitted(permit, inner);
            Ok(GuardedIter { state, reading, judge, refuse })
        }
        Err(error) => {
            settle(permit, judge_body(&error));
            Err(error)
        }
    }
}

impl<I, X> State<I, X> {
    /// Until `inner` is made, the permit is dropped by a panic of what makes it.
    fn admitted(permit: Permit<'static>, inner: I) -> Self {
        Self::Admitted { inner, call: OpenCall::new(permit) }
    }
}

impl<I, K, J, V, X> GuardedIter<I, K, J, V, X>
where
    I: Iterator<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
    #[inline]
    fn pull(&mut self, from: impl FnOnce(&mut I) -> Option<I::Item>) -> Option<I::Item> {
        match &mut self.state {
            State::Admitted { inner, call } => {
                let item = call.parked.step(|| from(inner));
                call.see(item.as_ref(), self.reading, &self.judge, &self.refuse);
                item
            }
            State::Rejected(rejected) => {
                rejected.take().map(|(rejected, answer)| answer.reject(rejected))
            }
        }
    }
}

impl<I, K, J, V, X> Iterator for GuardedIter<I, K, J, V, X>
where
    I: Iterator<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.pull(I::next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.state {
            State::Admitted { inner, .. } => inner.size_hint(),
            State::Rejected(rejected) => {
                let left = usize::from(rejected.is_some());
                (left, Some(left))
            }
        }
    }
}

impl<I, K, J, V, X> DoubleEndedIterator for GuardedIter<I, K, J, V, X>
where
    I: DoubleEndedIterator<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
    #[inline]
    fn next_back(&mut self) -> Option<I::Item> {
        self.pull(I::next_back)
    }
}

// By its `size_hint`, which is exact where the inner one's is.
impl<I, K, J, V, X> ExactSizeIterator for GuardedIter<I, K, J, V, X>
where
    I: ExactSizeIterator<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
}

impl<I, K, J, V, X> FusedIterator for GuardedIter<I, K, J, V, X>
where
    I: FusedIterator<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
}

/// The clone yields the same items; the outcome of the call stays the original's to tell.
impl<I: Clone, K: Copy, J: Clone, V: Clone, X: Clone> Clone for GuardedIter<I, K, J, V, X> {
    fn clone(&self) -> Self {
        let state = match &self.state {
            State::Admitted { inner, call } => {
                State::Admitted { inner: inner.clone(), call: call.over() }
            }
            State::Rejected(rejected) => State::Rejected(rejected.clone()),
        };
        Self {
            state,
            reading: self.reading,
            judge: self.judge.clone(),
            refuse: self.refuse.clone(),
        }
    }
}

impl<I: fmt::Debug, K, J, V, X> fmt::Debug for GuardedIter<I, K, J, V, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.state {
            State::Admitted { inner, .. } => f.debug_tuple("GuardedIter").field(inner).finish(),
            State::Rejected(rejected) => {
                let rejected = rejected.as_ref().map(|(rejected, _)| rejected);
                f.debug_tuple("GuardedIter").field(&rejected).finish()
            }
        }
    }
}
