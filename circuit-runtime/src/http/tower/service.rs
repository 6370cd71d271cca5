//! A guarded service.

use std::task::{Context, Poll, ready};

use tower_service::Service;

use super::super::call::Call;
use super::super::select::Select;
use super::super::status::HttpStatus;
use super::super::verdict::Errors;
use super::conclude::Conclude;
use super::future::ResponseFuture;
use super::http_layer::ConcludeHttp;
use super::layer::ConcludeAny;
use super::on_rejection::FailRejected;
use crate::breaker::BreakerHandle;

/// A service whose every call goes through a breaker: made by a [`CircuitBreakerLayer`](super::CircuitBreakerLayer) or an
/// [`HttpCircuitBreakerLayer`](super::HttpCircuitBreakerLayer).
///
/// # Readiness
///
/// Being ready takes no permit: who asks, and then does not call, holds no probe. The breaker is asked by `call`, and its
/// permit lies in the response: dropped, it counts as a cancelled call, and a probe's place is free at once.
///
/// A breaker that is the same for all requests, and would reject them, makes the service ready at once, whether or not the one
/// inside is: who asks then is rejected instead of queueing up for a dependency that is gone. Who waits already, waits until the
/// service inside wakes it. If the one inside fails to become ready, that is a failure of the dependency as a failed call is.
///
/// A service inside that reserves something when it is ready, as `tower`'s concurrency limit and buffer do, keeps it where the
/// call is then rejected, until it is called or dropped. So limits and buffers belong outside of the breaker, where a rejected call
/// gives back what it took.
#[derive(Debug)]
pub struct CircuitBreakerService<S, L = BreakerHandle, Q = ConcludeAny<Errors>> {
    inner: S,
    selector: L,
    conclude: Q,
    readiness: Readiness,
}

/// What an [`HttpCircuitBreakerLayer`](super::HttpCircuitBreakerLayer) makes of a client: for a field to keep it in.
///
/// ```
/// use circuit_runtime::http::{HttpCircuitBreakerService, PerHost};
/// # struct HyperClient;
/// struct Crawler {
///     client: HttpCircuitBreakerService<HyperClient, PerHost>,
/// }
/// ```
pub type HttpCircuitBreakerService<S, L = BreakerHandle, C = HttpStatus, A = FailRejected> =
    CircuitBreakerService<S, L, ConcludeHttp<C, A>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Readiness {
    /// The service inside has been asked, or is to be.
    Inner,
    /// It was not asked, since its breaker would reject the call.
    Rejecting,
}

impl<S, L, Q> CircuitBreakerService<S, L, Q> {
    pub(super) fn new(inner: S, selector: L, conclude: Q) -> Self {
        Self { inner, selector, conclude, readiness: Readiness::Inner }
    }

    /// The service inside.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The service inside.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The service inside, without its breaker.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

/// A clone has to be asked itself whether it is ready.
impl<S: Clone, L: Clone, Q: Clone> Clone for CircuitBreakerService<S, L, Q> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), self.selector.clone(), self.conclude.clone())
    }
}

impl<R, S, L, Q> Service<R> for CircuitBreakerService<S, L, Q>
where
    S: Service<R>,
    L: Select<R>,
    Q: Conclude<S::Response, S::Error>,
{
    type Response = Q::Response;
    type Error = Q::Error;
    type Future = ResponseFuture<S::Future, Q>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Q::Error>> {
        let breaker = self.selector.for_all();
        if breaker.is_some_and(|breaker| breaker.would_reject()) {
            self.readiness = Readiness::Rejecting;
            return Poll::Ready(Ok(()));
        }
        self.readiness = Readiness::Inner;
        let Err(error) = ready!(self.inner.poll_ready(context)) else {
            return Poll::Ready(Ok(()));
        };
        let permit = breaker.and_then(|breaker| breaker.try_acquire_owned().ok());
        let failed = match permit {
            Some(permit) => self.conclude.conclude(permit, Err(error)),
            None => self.conclude.pass(Err(error)),
        };
        Poll::Ready(failed.map(|_| ()))
    }

    fn call(&mut self, request: R) -> Self::Future {
        let conclude = self.conclude.clone();
        let rejecting = self.readiness == Readiness::Rejecting;
        self.readiness = Readiness::Inner;
        let Some(breaker) = self.selector.select(&request) else {
            return ResponseFuture::unguarded(self.inner.call(request), conclude);
        };
        if rejecting {
            // It may be time to probe by now, but the service inside is not ready for it.
            return ResponseFuture::rejected(breaker.refuse(), conclude);
        }
        match breaker.into_permit() {
            Ok(permit) => {
                let mut call = Call::new(permit);
                let future = call.step(|| self.inner.call(request));
                ResponseFuture::guarded(future, call, conclude)
            }
            Err(rejected) => ResponseFuture::rejected(rejected, conclude),
        }
    }
}
