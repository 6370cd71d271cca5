//! Guarded iterators.

use std::iter::FusedIterator;

use super::evidence::Evidence;
use super::items::{GuardedItems, Made};
use super::outcome::Reading;
use super::reject::Reject;

impl<I, K, J, V, X> GuardedItems<I, K, J, V, X>
where
    I: Iterator<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
    #[inline]
    fn pull(&mut self, from: impl FnOnce(&mut I) -> Option<I::Item>) -> Option<I::Item> {
        match &mut self.made {
            Made::Admitted { inner, call } => {
                let item = call.parked.step(|| from(inner));
                call.see(item.as_ref(), self.reading, &self.judge, &self.refuse);
                item
            }
            Made::Rejected { rejected } => {
                rejected.take().map(|rejected| self.reject.reject(rejected))
            }
        }
    }
}

impl<I, K, J, V, X> Iterator for GuardedItems<I, K, J, V, X>
where
    I: Iterator<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.pull(I::next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.made.size_hint(I::size_hint)
    }
}

impl<I, K, J, V, X> DoubleEndedIterator for GuardedItems<I, K, J, V, X>
where
    I: DoubleEndedIterator<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
    #[inline]
    fn next_back(&mut self) -> Option<I::Item> {
        self.pull(I::next_back)
    }
}

// By its `size_hint`, which is exact where the inner one's is.
impl<I, K, J, V, X> ExactSizeIterator for GuardedItems<I, K, J, V, X>
where
    I: ExactSizeIterator<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
}

impl<I, K, J, V, X> FusedIterator for GuardedItems<I, K, J, V, X>
where
    I: FusedIterator<Item = K::Returned>,
    K: Reading,
    J: Fn(&K::Error) -> Evidence<'_>,
    V: Fn(&K::Value) -> bool,
    X: Reject<K::Returned>,
{
}
