//! Guarded streams.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};

use super::either::{Either, EitherPinned};
use super::entry::Entry;
use super::items::{GuardedItems, Made, MadePinned};
use super::lazily::Lazily;
use super::sequel::{Judging, Sequel};

/// Guards a stream that a function returns: it asks its breaker when it is first polled.
#[inline]
#[track_caller]
pub fn stream<S: Sequel>(entry: impl Entry, inner: S::Returned, sequel: S) -> S::Answer {
    sequel.pass_on(entry.park(), inner)
}

impl<I: Stream<Item = L::Item>, L: Judging> Stream for GuardedItems<I, L> {
    type Item = I::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<I::Item>> {
        let mut this = self.project();
        let rejected = match this.made.as_mut().project() {
            MadePinned::Admitted { inner, call } => match call.parked.enter() {
                Ok(()) => {
                    let item = ready!(call.wait(|| inner.poll_next(context)));
                    return Poll::Ready(this.judging.see(call, item));
                }
                Err(refusal) => refusal.into_rejected(),
            },
            MadePinned::Rejected { rejected } => match rejected.take() {
                Some(rejected) => rejected,
                None => return Poll::Ready(None),
            },
        };
        this.made.set(Made::Rejected { rejected: None });
        Poll::Ready(Some(this.judging.rejection(rejected)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.made.size_hint(I::size_hint)
    }
}

impl<I: FusedStream<Item = L::Item>, L: Judging> FusedStream for GuardedItems<I, L> {
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
            EitherPinned::Guarded { inner } => inner.poll_next(context),
            EitherPinned::Fallback { inner } => inner.poll_next(context),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Guarded { inner } => inner.size_hint(),
            Self::Fallback { inner } => inner.size_hint(),
        }
    }
}

impl<A: FusedStream, B: FusedStream<Item = A::Item>> FusedStream for Either<A, B> {
    fn is_terminated(&self) -> bool {
        match self {
            Self::Guarded { inner } => inner.is_terminated(),
            Self::Fallback { inner } => inner.is_terminated(),
        }
    }
}

impl<M: FnOnce() -> S, S: Stream> Stream for Lazily<M, S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.made().poll_next(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Ahead { .. } => (0, None),
            Self::Made { made } => made.size_hint(),
        }
    }
}

impl<M: FnOnce() -> S, S: FusedStream> FusedStream for Lazily<M, S> {
    fn is_terminated(&self) -> bool {
        matches!(self, Self::Made { made } if made.is_terminated())
    }
}
