//! What a function returns that has a `fallback`, and asks its breaker at the first poll.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    /// A future or a stream that is made when it is first polled. No larger than the larger of it and of what makes it.
    #[must_use = "futures and streams do nothing unless polled"]
    #[project = LazilyPinned]
    pub enum Lazily<M, S> {
        Ahead { make: Option<M> },
        Made { #[pin] made: S },
    }
}

pub fn lazily<M: FnOnce() -> S, S>(make: M) -> Lazily<M, S> {
    Lazily::Ahead { make: Some(make) }
}

impl<M: FnOnce() -> S, S> Lazily<M, S> {
    /// # Panics
    ///
    /// If the first poll panicked, in what makes it.
    pub(super) fn made(mut self: Pin<&mut Self>) -> Pin<&mut S> {
        if let LazilyPinned::Ahead { make } = self.as_mut().project() {
            let make = make.take().expect("not polled after a panic");
            self.set(Self::Made { made: make() });
        }
        match self.project() {
            LazilyPinned::Made { made } => made,
            LazilyPinned::Ahead { .. } => unreachable!("it was made above"),
        }
    }
}

impl<M: FnOnce() -> S, S: Future> Future for Lazily<M, S> {
    type Output = S::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<S::Output> {
        self.made().poll(context)
    }
}
