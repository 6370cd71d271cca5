//! What becomes of what a guarded call returns.

use std::marker::PhantomData;
use std::task::{Poll, ready};

use super::evidence::{Evidence, settle};
use super::items::GuardedItems;
use super::open_call::OpenCall;
use super::reading::Reading;
use super::reject::Reject;
use crate::breaker::{Parked, Permit, Reason, Refusal, Rejected};

// The functions below say no more of what they return than that it is one: what does not fit the user's types is then
// said once, where it is handed in.

/// Finds the outcome of a call, and says what is returned: after the call, or instead of it.
pub trait Sequel {
    /// What the function's body makes.
    type Returned;
    /// What the function returns.
    type Answer;

    /// Makes the call, and counts its outcome. A panic drops the permit on its way out, which counts it.
    fn conclude(
        &self,
        permit: Permit<'static>,
        body: impl FnOnce() -> Self::Returned,
    ) -> Self::Answer;

    /// As [`conclude`](Self::conclude), for a call that is made step by step: takes one.
    #[inline]
    fn step(
        &self,
        call: &mut Parked<'static>,
        poll: impl FnOnce() -> Poll<Self::Returned>,
    ) -> Poll<Self::Answer> {
        let returned = ready!(call.step(poll));
        Poll::Ready(match call.take() {
            Some(permit) => self.conclude(permit, || returned),
            None => self.pass_on(call.over(), returned),
        })
    }

    /// Where the call is not over yet, or where its outcome has been told before its end, by a panic that somebody
    /// caught.
    fn pass_on(&self, call: Parked<'static>, returned: Self::Returned) -> Self::Answer;

    fn reject(&self, refusal: Refusal<'static>) -> Self::Answer;
}

/// The value is the outcome; or, of many items, one that may tell it.
#[derive(Clone, Debug)]
pub struct Value<K, J, V, X> {
    reading: K,
    judge: J,
    refuse: V,
    reject: X,
}

#[inline]
pub fn value<K, J, V, X>(
    (reading, reject): (K, X),
    judge: J,
    refuse: V,
) -> impl Sequel<Returned = K::Returned, Answer = K::Returned>
where
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
    Value { reading, judge, refuse, reject }
}

impl<K, J, V, X> Sequel for Value<K, J, V, X>
where
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
    type Returned = K::Returned;
    type Answer = K::Returned;

    #[inline]
    fn conclude(&self, permit: Permit<'static>, body: impl FnOnce() -> K::Returned) -> K::Returned {
        self.reading.tell(permit, body(), &self.refuse, Permit::success, |permit, error| {
            self.fail(permit, error);
        })
    }

    #[inline]
    fn step(
        &self,
        call: &mut Parked<'static>,
        poll: impl FnOnce() -> Poll<K::Returned>,
    ) -> Poll<K::Returned> {
        let returned = ready!(call.step(poll));
        Poll::Ready(self.reading.tell(
            call,
            returned,
            &self.refuse,
            |call| {
                if let Some(permit) = call.take() {
                    permit.success();
                }
            },
            |call, error| {
                if let Some(permit) = call.take() {
                    self.fail(permit, error);
                }
            },
        ))
    }

    fn pass_on(&self, _: Parked<'static>, returned: K::Returned) -> K::Returned {
        returned
    }

    #[cold]
    fn reject(&self, refusal: Refusal<'static>) -> K::Returned {
        self.reject.reject(refusal.into_rejected())
    }
}

impl<K, J, V, X> Value<K, J, V, X>
where
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
{
    #[cold]
    #[inline(never)]
    fn fail(&self, permit: Permit<'static>, error: Option<&K::Error>) {
        match error {
            None => permit.failed(Reason::Value, &Vec::new),
            Some(error) => settle(permit, (self.judge)(error)),
        }
    }
}

/// Sees item after item, until the call's outcome is told.
pub trait Judging {
    type Item;

    fn see(&self, call: &mut OpenCall, item: Option<Self::Item>) -> Option<Self::Item>;

    /// The one item of a call that was rejected.
    fn rejection(&self, rejected: Rejected) -> Self::Item;
}

impl<K, J, V, X> Judging for Value<K, J, V, X>
where
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
    type Item = K::Returned;

    #[inline]
    fn see(&self, call: &mut OpenCall, item: Option<K::Returned>) -> Option<K::Returned> {
        call.see(item, self.reading, &self.judge, &self.refuse)
    }

    fn rejection(&self, rejected: Rejected) -> K::Returned {
        self.reject.reject(rejected)
    }
}

/// The value is an iterator or a stream, whose items tell the outcome; rejected, it is one of that one rejection.
struct Items<I, L, W> {
    judging: L,
    wrap: W,
    inner: PhantomData<fn() -> I>,
}

#[inline]
pub fn items<I, K, J, V, X, W, R>(
    (reading, reject): (K, X),
    judge: J,
    refuse: V,
    wrap: W,
) -> impl Sequel<Returned = I, Answer = R>
where
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_> + Clone,
    V: Fn(&K::Value) -> bool + Clone,
    X: Reject<K::Returned> + Clone,
    W: Fn(GuardedItems<I, Value<K, J, V, X>>) -> R,
{
    let judging = Value { reading, judge, refuse, reject };
    Items { judging, wrap, inner: PhantomData }
}

impl<I, L: Clone, W: Fn(GuardedItems<I, L>) -> R, R> Sequel for Items<I, L, W> {
    type Returned = I;
    type Answer = R;

    #[inline]
    fn conclude(&self, permit: Permit<'static>, body: impl FnOnce() -> I) -> R {
        let returned = body();
        self.pass_on(Parked::outliving(permit), returned)
    }

    fn pass_on(&self, call: Parked<'static>, returned: I) -> R {
        (self.wrap)(GuardedItems::new(Ok((call, returned)), self.judging.clone()))
    }

    fn reject(&self, refusal: Refusal<'static>) -> R {
        (self.wrap)(GuardedItems::new(Err(refusal.into_rejected()), self.judging.clone()))
    }
}

/// The value is that inside a `Result`, whose error is an outcome as well, and carries the rejection.
struct TryItems<K, J, X, S> {
    judge: J,
    reject: X,
    items: S,
    reading: PhantomData<K>,
}

#[inline]
pub fn try_items<K, J, X, S, E>(
    (_, reject): (K, X),
    judge: J,
    items: S,
) -> impl Sequel<Returned = Result<S::Returned, E>, Answer = Result<S::Answer, E>>
where
    K: Reading<Returned = Result<S::Returned, E>, Error = E>,
    J: Fn(&E) -> Evidence<'_>,
    X: Reject<Result<S::Answer, E>>,
    S: Sequel,
{
    TryItems { judge, reject, items, reading: PhantomData::<K> }
}

impl<K, J, X, S, E> Sequel for TryItems<K, J, X, S>
where
    K: Reading<Returned = Result<S::Returned, E>, Error = E>,
    J: Fn(&E) -> Evidence<'_>,
    X: Reject<Result<S::Answer, E>>,
    S: Sequel,
{
    type Returned = Result<S::Returned, E>;
    type Answer = Result<S::Answer, E>;

    #[inline]
    fn conclude(
        &self,
        permit: Permit<'static>,
        body: impl FnOnce() -> Self::Returned,
    ) -> Self::Answer {
        match body() {
            Ok(items) => Ok(self.items.conclude(permit, || items)),
            Err(error) => {
                settle(permit, (self.judge)(&error));
                Err(error)
            }
        }
    }

    fn pass_on(&self, call: Parked<'static>, returned: Self::Returned) -> Self::Answer {
        returned.map(|items| self.items.pass_on(call, items))
    }

    fn reject(&self, refusal: Refusal<'static>) -> Self::Answer {
        self.reject.reject(refusal.into_rejected())
    }
}
