//! Guarded streams.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use super::either::{Either, EitherPinned};
use super::entry::Entry;
use super::evidence::Evidence;
use super::items::{GuardedItems, Made, MadePinned};
use super::outcome::Reading;
use super::reject::Reject;
use super::sequel::Sequel;

/// Guards a stream that a function returns: it asks its breaker when it is first polled.
#[inline]
#[track_caller]
pub fn stream<S: Sequel>(entry: impl Entry, inner: S::Returned, sequel: S) -> S::Answer {
    sequel.pass_on(entry.park(), inner)
}

impl<I, K, J, V, X> Stream for GuardedItems<I, K, J, V, X>
where
    I: Stream<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
    type Item = I::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<I::Item>> {
        let mut this = self.project();
        let rejected = match this.made.as_mut().project() {
            MadePinned::Admitted { inner, call } => match call.parked.enter() {
                Ok(()) => {
                    let item = ready!(call.parked.step(|| inner.poll_next(context)));
                    call.see(item.as_ref(), *this.reading, this.judge, this.refuse);
                    return Poll::Ready(item);
                }
                Err(rejected) => rejected,
            },
            MadePinned::Rejected { rejected } => match rejected.take() {
                Some(rejected) => rejected,
                None => return Poll::Ready(None),
            },
        };
        this.made.set(Made::Rejected { rejected: None });
        Poll::Ready(Some(this.reject.reject(rejected)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.made.size_hint(I::size_hint)
    }
}

impl<I, K, J, V, X> FusedStream for GuardedItems<I, K, J, V, X>
where
    I: FusedStream<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
    fn is_terminated(&self) -> bool {
        match &self.made {
            Made::Admitted { inner, .. } => inner.is_terminated(),
            Made::Rejected { rejected } => rejected.is_none(),
        }
    }
}

impl<A: Stream, B: Stream<Item = A::Item>> Stream for Either<A, B> {
    type Item = A::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<A::Item>> {
        match self.project() {
            EitherPinned::Guarded { items } => items.poll_next(context),
            EitherPinned::Fallback { items } => items.poll_next(context),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Guarded { items } => items.size_hint(),
            Self::Fallback { items } => items.size_hint(),
        }
    }
}

impl<A: FusedStream, B: FusedStream<Item = A::Item>> FusedStream for Either<A, B> {
    fn is_terminated(&self) -> bool {
        match self {
            Self::Guarded { items } => items.is_terminated(),
            Self::Fallback { items } => items.is_terminated(),
        }
    }
}

pin_project! {
    /// The stream that a future makes: where the breaker is to be asked at the first poll, and there is a `fallback`.
    #[must_use = "streams are lazy"]
    #[project = FlattenPinned]
    pub enum Flatten<F, S> {
        Making { #[pin] future: F },
        Made { #[pin] stream: S },
    }
}

pub fn flatten<F: Future>(future: F) -> Flatten<F, F::Output>
where
    F::Output: Stream,
{
    Flatten::Making { future }
}

impl<F: Future<Output = S>, S: Stream> Stream for Flatten<F, S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if let FlattenPinned::Making { future } = self.as_mut().project() {
            let stream = ready!(future.poll(context));
            self.set(Self::Made { stream });
        }
        match self.project() {
            FlattenPinned::Made { stream } => stream.poll_next(context),
            FlattenPinned::Making { .. } => Poll::Pending,
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Making { .. } => (0, None),
            Self::Made { stream } => stream.size_hint(),
        }
    }
}

impl<F: Future<Output = S>, S: FusedStream> FusedStream for Flatten<F, S> {
    fn is_terminated(&self) -> bool {
        matches!(self, Self::Made { stream } if stream.is_terminated())
    }
}
