//! A breaker in front of any service.

use tower_layer::Layer;

use super::super::ending::Why;
use super::super::verdict::{BoxError, Classify, Errors};
use super::conclude::Conclude;
use super::sealed::Sealed;
use super::service::CircuitBreakerService;
use crate::breaker::{BreakerHandle, OwnedPermit, Rejected};

/// Has every call of a `tower` service go through a breaker. Errors become boxed ones, in which
/// [`Rejected::find_in`](crate::Rejected::find_in) finds a rejection; responses stay as they are.
///
/// ```
/// use circuit_runtime::http::{CircuitBreakerLayer, Verdict};
/// use circuit_runtime::{Rejected, State, breaker};
/// use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let queue = breaker!("layered/queue", threshold = 2);
/// let mut service = ServiceBuilder::new()
///     .layer(CircuitBreakerLayer::new(queue).classify(|result: &Result<u8, std::io::Error>| match result {
///         Ok(255) => Verdict::Failure,
///         Ok(_) => Verdict::Success,
///         Err(_) => Verdict::Failure,
///     }))
///     .service(service_fn(|reply: u8| async move { Ok::<_, std::io::Error>(reply) }));
///
/// for reply in [1, 255, 255] {
///     assert_eq!(service.ready().await.unwrap().call(reply).await.unwrap(), reply);
/// }
/// assert_eq!(queue.state(), State::Open);
/// let error = service.ready().await.unwrap().call(1).await.unwrap_err();
/// assert_eq!(error.downcast_ref::<Rejected>().unwrap().name(), "layered/queue");
/// # }
/// ```
///
/// A `retry` belongs outside: each attempt then asks the breaker. A `timeout` belongs inside: what takes too long is then a
/// failure, and not a cancelled call. Limits and buffers belong [outside](CircuitBreakerService#readiness).
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it is around a service"]
pub struct CircuitBreakerLayer<L = BreakerHandle, C = Errors> {
    selector: L,
    classifier: C,
}

impl CircuitBreakerLayer {
    /// Through this breaker: a declared one, `breaker!("payments", threshold = 5)`; one with a name that is known only now,
    /// [`get_or_register`](crate::Registry::get_or_register); or one of your own. `Err` is a failure.
    pub fn new(breaker: impl Into<BreakerHandle>) -> Self {
        Self { selector: breaker.into(), classifier: Errors }
    }
}

impl<L> CircuitBreakerLayer<L> {
    /// Through the breaker that `selector` selects for each request: see [`Select`](super::super::Select).
    pub const fn by(selector: L) -> Self {
        Self { selector, classifier: Errors }
    }
}

impl<L, C> CircuitBreakerLayer<L, C> {
    /// Has `classifier` say what the end of a call counts as: see [`Classify`].
    pub fn classify<D>(self, classifier: D) -> CircuitBreakerLayer<L, D> {
        CircuitBreakerLayer { selector: self.selector, classifier }
    }
}

impl<S, L: Clone, C: Clone> Layer<S> for CircuitBreakerLayer<L, C> {
    type Service = CircuitBreakerService<S, L, ConcludeAny<C>>;

    fn layer(&self, inner: S) -> Self::Service {
        let conclude = ConcludeAny { classifier: self.classifier.clone() };
        CircuitBreakerService::new(inner, self.selector.clone(), conclude)
    }
}

/// What a [`CircuitBreakerLayer`] makes of responses and errors.
#[derive(Clone, Debug)]
pub struct ConcludeAny<C> {
    classifier: C,
}

impl<C> Sealed for ConcludeAny<C> {}

impl<C, T, E> Conclude<T, E> for ConcludeAny<C>
where
    C: Classify<T, E> + Clone,
    E: Into<BoxError>,
{
    type Response = T;
    type Error = BoxError;

    fn reject(&self, rejected: Rejected) -> Result<T, BoxError> {
        Err(rejected.into())
    }

    fn conclude(&self, permit: OwnedPermit, result: Result<T, E>) -> Result<T, BoxError> {
        let verdict = self.classifier.classify(&result);
        match result {
            Ok(response) => {
                let describe = || {
                    let described = self.classifier.describe(&response);
                    described.unwrap_or("a response that counts as a failure".into())
                };
                permit.end(verdict, &Why::Response(&describe));
                Ok(response)
            }
            Err(error) => {
                let error = error.into();
                permit.end(verdict, &Why::Error(&*error));
                Err(error)
            }
        }
    }

    fn pass(&self, result: Result<T, E>) -> Result<T, BoxError> {
        result.map_err(Into::into)
    }
}
