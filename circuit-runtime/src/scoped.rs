//! A future, each of whose polls happens in a scope of its thread.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    /// Enters the scope for each poll of the future, and for its drop.
    pub(crate) struct Scoped<F, E, S>
    where
        E: Fn() -> S,
    {
        // Taken out by the drop alone.
        #[pin]
        inner: Option<F>,
        enter: E,
    }

    impl<F, E, S> PinnedDrop for Scoped<F, E, S>
    where
        E: Fn() -> S,
    {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            let mut inner = this.inner;
            let _scope = (this.enter)();
            inner.set(None);
        }
    }
}

impl<F, E: Fn() -> S, S> Scoped<F, E, S> {
    pub(crate) fn new(future: F, enter: E) -> Self {
        Self { inner: Some(future), enter }
    }
}

impl<F: Future, E: Fn() -> S, S> Future for Scoped<F, E, S> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _scope = (this.enter)();
        let inner = this.inner.as_pin_mut();
        inner.expect("only its drop takes the future out").poll(context)
    }
}
