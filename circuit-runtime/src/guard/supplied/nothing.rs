//! Items of a program that does not compile.

use std::iter::{self, FusedIterator};
#[cfg(feature = "stream")]
use std::pin::Pin;
#[cfg(feature = "stream")]
use std::task::{Context, Poll};

#[cfg(feature = "stream")]
use futures_core::Stream;

/// Has all that a function's items may be asked for, so that nothing else is reported.
#[derive(Clone, Debug)]
pub struct Nothing<T>(iter::Empty<T>);

impl<T> Iterator for Nothing<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.next()
    }
}

impl<T> DoubleEndedIterator for Nothing<T> {
    fn next_back(&mut self) -> Option<T> {
        self.0.next_back()
    }
}

impl<T> ExactSizeIterator for Nothing<T> {}

impl<T> FusedIterator for Nothing<T> {}

#[cfg(feature = "stream")]
impl<T> Stream for Nothing<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        Poll::Ready(None)
    }
}
