//! The guarded call of a future.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::entry::Entry;
use super::sequel::Sequel;
use super::site::Site;
use crate::breaker::Parked;

pin_project! {
    /// A future that asks its breaker when it is first polled. Larger than the one inside by 16 bytes.
    ///
    /// Keeps the closure that makes the sequel: the type of a closure names none of the types inside, so that these
    /// need not live as long as a box that this is put into.
    #[must_use = "futures do nothing unless polled"]
    pub struct Guarded<F, M> {
        #[pin]
        inner: F,
        call: Parked<'static>,
        sequel: M,
    }
}

/// Guards the body of an `async fn`, which is being polled already.
#[inline]
#[track_caller]
pub fn begin<F, M, S>(site: &'static Site, inner: F, sequel: M) -> Guarded<F, M>
where
    F: Future<Output = S::Returned>,
    M: Fn() -> S,
    S: Sequel,
{
    Guarded { inner, call: Parked::asked(site.breaker()), sequel }
}

/// Guards a future that a function returns.
#[inline]
#[track_caller]
pub fn defer<F, M, S>(entry: impl Entry, inner: F, sequel: M) -> Guarded<F, M>
where
    F: Future<Output = S::Returned>,
    M: Fn() -> S,
    S: Sequel,
{
    Guarded { inner, call: entry.park(), sequel }
}

impl<F, M, S> Future for Guarded<F, M>
where
    F: Future<Output = S::Returned>,
    M: Fn() -> S,
    S: Sequel,
{
    type Output = S::Answer;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<S::Answer> {
        let this = self.project();
        if let Err(refusal) = this.call.enter() {
            return Poll::Ready((this.sequel)().reject(refusal));
        }
        let polled = (this.sequel)().step(this.call, || this.inner.poll(context));
        if polled.is_pending() {
            this.call.may_leave();
        }
        polled
    }
}
