//! A guarded service's response.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::super::call::Call;
use super::conclude::Conclude;
use crate::breaker::Rejected;

pin_project! {
    /// The response of a [`CircuitBreakerService`](super::CircuitBreakerService). It has the permit of its call, and gives it
    /// back if it is dropped.
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F, Q> {
        #[pin]
        made: Made<F>,
        conclude: Q,
    }
}

pin_project! {
    #[project = MadePinned]
    enum Made<F> {
        Guarded { #[pin] future: F, call: Call },
        Unguarded { #[pin] future: F },
        Rejected { rejected: Option<Rejected> },
    }
}

impl<F, Q> ResponseFuture<F, Q> {
    pub(super) fn guarded(future: F, call: Call, conclude: Q) -> Self {
        Self { made: Made::Guarded { future, call }, conclude }
    }

    pub(super) fn unguarded(future: F, conclude: Q) -> Self {
        Self { made: Made::Unguarded { future }, conclude }
    }

    pub(super) fn rejected(rejected: Rejected, conclude: Q) -> Self {
        Self { made: Made::Rejected { rejected: Some(rejected) }, conclude }
    }
}

impl<F, Q, T, E> Future for ResponseFuture<F, Q>
where
    F: Future<Output = Result<T, E>>,
    Q: Conclude<T, E>,
{
    type Output = Result<Q::Response, Q::Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        Poll::Ready(match this.made.project() {
            MadePinned::Guarded { future, call } => {
                let result = ready!(call.step(|| future.poll(context)));
                match call.take() {
                    Some(permit) => this.conclude.conclude(permit, result),
                    // It panicked before, somebody caught that, and the breaker was told.
                    None => this.conclude.pass(result),
                }
            }
            MadePinned::Unguarded { future } => this.conclude.pass(ready!(future.poll(context))),
            MadePinned::Rejected { rejected } => {
                let rejected = rejected.take();
                this.conclude.reject(rejected.expect("a response was polled after completion"))
            }
        })
    }
}

impl<F, Q> fmt::Debug for ResponseFuture<F, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
