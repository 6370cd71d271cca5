//! The guarded iterator or the fallback's.

use std::iter::FusedIterator;

/// One of two iterators over the same items.
#[derive(Clone, Debug)]
pub enum Either<A, B> {
    Guarded(A),
    Fallback(B),
}

impl<A: Iterator, B: Iterator<Item = A::Item>> Iterator for Either<A, B> {
    type Item = A::Item;

    #[inline]
    fn next(&mut self) -> Option<A::Item> {
        match self {
            Self::Guarded(iter) => iter.next(),
            Self::Fallback(iter) => iter.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Guarded(iter) => iter.size_hint(),
            Self::Fallback(iter) => iter.size_hint(),
        }
    }

    fn fold<T, F: FnMut(T, A::Item) -> T>(self, init: T, f: F) -> T {
        match self {
            Self::Guarded(iter) => iter.fold(init, f),
            Self::Fallback(iter) => iter.fold(init, f),
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
            Self::Guarded(iter) => iter.next_back(),
            Self::Fallback(iter) => iter.next_back(),
        }
    }
}

impl<A: ExactSizeIterator, B: ExactSizeIterator<Item = A::Item>> ExactSizeIterator
    for Either<A, B>
{
}

impl<A: FusedIterator, B: FusedIterator<Item = A::Item>> FusedIterator for Either<A, B> {}
