//! The guarded call of a future.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::evidence::Evidence;
use super::outcome::Reading;
use super::run::conclude;
use super::site::Site;
use crate::breaker::{Parked, Permit, Rejected};

pin_project! {
    /// A future whose call was admitted.
    #[must_use = "futures do nothing unless polled"]
    pub struct Guarded<F, K, J, V> {
        #[pin]
        inner: F,
        parked: Parked<'static>,
        reading: K,
        judge: J,
        refuse: V,
    }
}

/// Guards a future for which a permit is there already: the body of an `async fn`, at its first poll.
#[inline]
pub fn run_async<F, K, J, V>(
    permit: Permit<'static>,
    inner: F,
    reading: K,
    judge: J,
    refuse: V,
) -> Guarded<F, K, J, V>
where
    F: Future<Output = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
{
    Guarded { inner, parked: Parked::new(permit), reading, judge, refuse }
}

impl<F, K, J, V> Future for Guarded<F, K, J, V>
where
    F: Future<Output = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let returned = ready!(this.parked.step(|| this.inner.poll(context)));
        if let Some(permit) = this.parked.take() {
            conclude(permit, &returned, *this.reading, &*this.judge, &*this.refuse);
        }
        Poll::Ready(returned)
    }
}

pin_project! {
    /// A future that asks its breaker when it is first polled.
    #[must_use = "futures do nothing unless polled"]
    pub struct Deferred<F, K, J, V, X> {
        #[pin]
        guarded: Guarded<F, K, J, V>,
        entry: Entry<X>,
    }
}

enum Entry<X> {
    Ahead(&'static Site, X),
    Passed,
    Refused,
}

/// Guards a future that a function returns: `impl Future`, or boxed.
#[inline]
pub fn defer<F, K, J, V, X>(
    site: &'static Site,
    inner: F,
    reading: K,
    judge: J,
    refuse: V,
    reject: X,
) -> Deferred<F, K, J, V, X>
where
    F: Future<Output = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: FnOnce(Rejected) -> K::Returned,
{
    let guarded = Guarded { inner, parked: Parked::empty(), reading, judge, refuse };
    Deferred { guarded, entry: Entry::Ahead(site, reject) }
}

impl<F, K, J, V, X> Future for Deferred<F, K, J, V, X>
where
    F: Future<Output = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: FnOnce(Rejected) -> K::Returned,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        match std::mem::replace(this.entry, Entry::Passed) {
            Entry::Passed => {}
            Entry::Ahead(site, reject) => match site.enter() {
                Ok(permit) => *this.guarded.as_mut().project().parked = Parked::new(permit),
                Err(rejected) => {
                    *this.entry = Entry::Refused;
                    return Poll::Ready(reject(rejected));
                }
            },
            // What every future does that is polled after its end; the rejected call must not be made now.
            Entry::Refused => panic!("a rejected future was polled after completion"),
        }
        this.guarded.poll(context)
    }
}
