//! Guarded iterators.

use std::iter::FusedIterator;

use super::items::{GuardedItems, Made};
use super::sequel::Judging;

impl<I: Iterator<Item = L::Item>, L: Judging> GuardedItems<I, L> {
    #[inline]
    fn pull(&mut self, from: impl FnOnce(&mut I) -> Option<I::Item>) -> Option<I::Item> {
        match &mut self.made {
            Made::Admitted { inner, call } => {
                let item = call.wait(|| from(inner));
                self.judging.see(call, item)
            }
            Made::Rejected { rejected } => {
                rejected.take().map(|rejected| self.judging.rejection(rejected))
            }
        }
    }
}

impl<I: Iterator<Item = L::Item>, L: Judging> Iterator for GuardedItems<I, L> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.pull(I::next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.made.size_hint(I::size_hint)
    }
}

impl<I: DoubleEndedIterator<Item = L::Item>, L: Judging> DoubleEndedIterator
    for GuardedItems<I, L>
{
    #[inline]
    fn next_back(&mut self) -> Option<I::Item> {
        self.pull(I::next_back)
    }
}

// By its `size_hint`, which is exact where the inner one's is.
impl<I: ExactSizeIterator<Item = L::Item>, L: Judging> ExactSizeIterator for GuardedItems<I, L> {}

impl<I: FusedIterator<Item = L::Item>, L: Judging> FusedIterator for GuardedItems<I, L> {}
