//! The guarded call of a future.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::evidence::Evidence;
use super::outcome::Reading;
use super::reject::{Admitted, Reject};
use super::run::conclude;
use super::site::Site;
use crate::breaker::{Parked, Permit};

pin_project! {
    /// A future that asks its breaker when it is first polled. Larger than the one inside by 16 bytes.
    #[must_use = "futures do nothing unless polled"]
    pub struct Guarded<F, K, J, V, X> {
        #[pin]
        inner: F,
        parked: Parked<'static>,
        reading: K,
        judge: J,
        refuse: V,
        reject: X,
    }
}

/// Guards a future: the body of an `async fn`, or what a function returns.
#[inline]
pub fn defer<F, K, J, V, X>(
    site: &'static Site,
    inner: F,
    reading: K,
    judge: J,
    refuse: V,
    reject: X,
) -> Guarded<F, K, J, V, X>
where
    F: Future<Output = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
    let parked = Parked::ahead(site.breaker());
    Guarded { inner, parked, reading, judge, refuse, reject }
}

/// Guards a future whose call was admitted: where there is a `fallback` for the others.
#[inline]
pub fn run_async<F, K, J, V>(
    permit: Permit<'static>,
    inner: F,
    reading: K,
    judge: J,
    refuse: V,
) -> Guarded<F, K, J, V, Admitted>
where
    F: Future<Output = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
{
    let parked = Parked::admitted(permit);
    Guarded { inner, parked, reading, judge, refuse, reject: Admitted }
}

impl<F, K, J, V, X> Future for Guarded<F, K, J, V, X>
where
    F: Future<Output = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if let Err(rejected) = this.parked.enter() {
            return Poll::Ready(this.reject.reject(rejected));
        }
        let returned = ready!(this.parked.step(|| this.inner.poll(context)));
        if let Some(permit) = this.parked.take() {
            conclude(permit, &returned, *this.reading, &*this.judge, &*this.refuse);
        }
        Poll::Ready(returned)
    }
}
