//! The guarded items or the fallback's.

use std::iter::FusedIterator;

use pin_project_lite::pin_project;

pin_project! {
    /// One of two iterators, or streams, over the same items.
    #[derive(Clone, Debug)]
    #[must_use = "iterators and streams are lazy"]
    #[project = EitherPinned]
    pub enum Either<A, B> {
        Guarded { #[pin] items: A },
        Fallback { #[pin] items: B },
    }
}

impl<A, B> Either<A, B> {
    pub fn guarded(items: A) -> Self {
        Self::Guarded { items }
    }

    pub fn fallback(items: B) -> Self {
        Self::Fallback { items }
    }
}

impl<A: Iterator, B: Iterator<Item = A::Item>> Iterator for Either<A, B> {
    type Item = A::Item;

    #[inline]
    fn next(&mut self) -> Option<A::Item> {
        match self {
            Self::Guarded { items } => items.next(),
            Self::Fallback { items } => items.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Guarded { items } => items.size_hint(),
            Self::Fallback { items } => items.size_hint(),
        }
    }

    fn fold<T, F: FnMut(T, A::Item) -> T>(self, init: T, f: F) -> T {
        match self {
            Self::Guarded { items } => items.fold(init, f),
            Self::Fallback { items } => items.fold(init, f),
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
            Self::Guarded { items } => items.next_back(),
            Self::Fallback { items } => items.next_back(),
        }
    }
}

impl<A: ExactSizeIterator, B: ExactSizeIterator<Item = A::Item>> ExactSizeIterator
    for Either<A, B>
{
}

impl<A: FusedIterator, B: FusedIterator<Item = A::Item>> FusedIterator for Either<A, B> {}
