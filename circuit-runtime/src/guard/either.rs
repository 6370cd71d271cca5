//! What is guarded, or the fallback's.

use std::future::Future;
use std::iter::FusedIterator;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    /// One of two futures of the same output, or of two iterators or streams over the same items.
    #[derive(Clone, Debug)]
    #[must_use = "futures, iterators and streams are lazy"]
    #[project = EitherPinned]
    pub enum Either<A, B> {
        Guarded { #[pin] inner: A },
        Fallback { #[pin] inner: B },
    }
}

impl<A, B> Either<A, B> {
    pub fn guarded(inner: A) -> Self {
        Self::Guarded { inner }
    }

    pub fn fallback(inner: B) -> Self {
        Self::Fallback { inner }
    }
}

impl<A: Future, B: Future<Output = A::Output>> Future for Either<A, B> {
    type Output = A::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<A::Output> {
        match self.project() {
            EitherPinned::Guarded { inner } => inner.poll(context),
            EitherPinned::Fallback { inner } => inner.poll(context),
        }
    }
}

impl<A: Iterator, B: Iterator<Item = A::Item>> Iterator for Either<A, B> {
    type Item = A::Item;

    #[inline]
    fn next(&mut self) -> Option<A::Item> {
        match self {
            Self::Guarded { inner } => inner.next(),
            Self::Fallback { inner } => inner.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Guarded { inner } => inner.size_hint(),
            Self::Fallback { inner } => inner.size_hint(),
        }
    }

    fn fold<T, F: FnMut(T, A::Item) -> T>(self, init: T, f: F) -> T {
        match self {
            Self::Guarded { inner } => inner.fold(init, f),
            Self::Fallback { inner } => inner.fold(init, f),
        }
    }
}

impl<A, B> DoubleEndedIterator for Either<A, B>
where
    A: DoubleEndedIterator,
    B: DoubleEndedIterator<Item = A::Item>,
{
    fn next_back(&mut self) -> Option<A::Item> {
        match self {
            Self::Guarded { inner } => inner.next_back(),
            Self::Fallback { inner } => inner.next_back(),
        }
    }
}

impl<A: ExactSizeIterator, B: ExactSizeIterator<Item = A::Item>> ExactSizeIterator
    for Either<A, B>
{
}

impl<A: FusedIterator, B: FusedIterator<Item = A::Item>> FusedIterator for Either<A, B> {}
