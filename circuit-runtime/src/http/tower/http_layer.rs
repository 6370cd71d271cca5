//! A breaker in front of a service that speaks HTTP.

use ::http::Response;
use http_body::Body;
use tower_layer::Layer;

use super::super::body::GuardedBody;
use super::super::ending::Why;
use super::super::rejected_response::RejectedResponse;
use super::super::status::{HttpStatus, described};
use super::super::verdict::{Classify, Verdict};
use super::conclude::Conclude;
use super::on_rejection::{AnswerRejected, FailRejected, OnRejection};
use super::sealed::Sealed;
use super::service::CircuitBreakerService;
use crate::breaker::{BreakerHandle, OwnedPermit, Rejected};

/// Has every request of an HTTP client go through a breaker: of `hyper`'s, of `tonic`'s channel, of any `tower` service from
/// [`http::Request`](::http::Request) to [`http::Response`](::http::Response).
///
/// ```
/// use circuit_runtime::http::{HttpCircuitBreakerLayer, PerHost};
/// use circuit_runtime::{GroupSettings, Rejected, Settings, registry};
/// use http::{Request, Response, StatusCode};
/// use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// // One breaker for each host, at most 500 of them.
/// let each = GroupSettings::new().each(Settings::new().threshold(2)).at_most(500);
/// let hosts = PerHost::of(registry().group("layered/client", each));
/// let mut client = ServiceBuilder::new()
///     .layer(HttpCircuitBreakerLayer::by(hosts))
///     .service(service_fn(|request: Request<String>| async move {
///         let is_down = request.uri().host() == Some("down.example.com");
///         let status = if is_down { StatusCode::BAD_GATEWAY } else { StatusCode::OK };
///         Ok::<_, std::io::Error>(Response::builder().status(status).body(String::new()).unwrap())
///     }));
/// let mut get = async |url| client.ready().await?.call(Request::get(url).body(String::new())?).await;
///
/// for _ in 0..2 {
///     assert_eq!(get("http://down.example.com/").await.unwrap().status(), 502);
/// }
/// let error = get("http://down.example.com/").await.unwrap_err();
/// assert_eq!(error.downcast_ref::<Rejected>().unwrap().name(), "layered/client/down.example.com");
/// assert_eq!(get("http://up.example.com/").await.unwrap().status(), 200);
/// # }
/// ```
///
/// What a response counts as, [`HttpStatus`] says, unless [`classify`](Self::classify) is given another classifier. For
/// gRPC:
///
/// ```
/// use circuit_runtime::breaker;
/// use circuit_runtime::http::{GrpcStatus, HttpCircuitBreakerLayer};
///
/// let layer = HttpCircuitBreakerLayer::new(breaker!("layered/grpc", threshold = 5))
///     .classify(GrpcStatus::new())
///     .watch_bodies();
/// ```
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it is around a service"]
pub struct HttpCircuitBreakerLayer<L = BreakerHandle, C = HttpStatus, A = FailRejected> {
    selector: L,
    conclude: ConcludeHttp<C, A>,
}

impl HttpCircuitBreakerLayer {
    /// Through this breaker, whichever host a request is for.
    pub fn new(breaker: impl Into<BreakerHandle>) -> Self {
        Self::by(breaker.into())
    }
}

impl<L> HttpCircuitBreakerLayer<L> {
    /// Through the breaker that `selector` selects for each request: [`PerHost`](super::super::PerHost),
    /// [`Prefixes`](super::super::Prefixes), or a closure.
    pub const fn by(selector: L) -> Self {
        let conclude = ConcludeHttp {
            classifier: HttpStatus::new(),
            on_rejection: FailRejected,
            watches_bodies: false,
        };
        Self { selector, conclude }
    }
}

impl<L, C, A> HttpCircuitBreakerLayer<L, C, A> {
    /// Has `classifier` say what a response counts as: see [`Classify`].
    pub fn classify<D>(self, classifier: D) -> HttpCircuitBreakerLayer<L, D, A> {
        let ConcludeHttp { on_rejection, watches_bodies, .. } = self.conclude;
        let conclude = ConcludeHttp { classifier, on_rejection, watches_bodies };
        HttpCircuitBreakerLayer { selector: self.selector, conclude }
    }

    /// Has the call end where the body of its response does, if that is a success so far: a body that breaks off is a failure
    /// then, and so is what its trailers say, with [`GrpcStatus`](super::super::GrpcStatus). One that is dropped before its end is
    /// a success, since whoever stops reading has seen what it wanted; but a cancelled call, if it was being waited for. A
    /// `slow_call` is then judged by all the time that was spent waiting for the service.
    ///
    /// A probe holds its place as long as its body is read; so leave it off, which it is unless said, where bodies go on for ever.
    pub fn watch_bodies(mut self) -> Self {
        self.conclude.watches_bodies = true;
        self
    }

    /// Answers rejected requests with this response, instead of an error. Errors of the service inside then stay what they
    /// are: so this one goes around an `axum::Router`, whose services do not fail.
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use circuit_runtime::breaker;
    /// use circuit_runtime::http::{HttpCircuitBreakerLayer, RejectedResponse};
    ///
    /// let guarded = HttpCircuitBreakerLayer::new(breaker!("layered/reports", threshold = 5))
    ///     .answer_rejected(RejectedResponse::new());
    /// let router: Router = Router::new().route("/reports", get(async || "all of them")).layer(guarded);
    /// ```
    ///
    /// Of an error whose type is neither a boxed one nor `reqwest`'s, no more is known than what it says itself; so a client of
    /// `hyper` wants `map_err(BoxError::from)` around it, where what lies behind its errors is to be in a trip's report, or to be
    /// excluded.
    pub fn answer_rejected(
        self,
        response: RejectedResponse,
    ) -> HttpCircuitBreakerLayer<L, C, AnswerRejected> {
        let ConcludeHttp { classifier, watches_bodies, .. } = self.conclude;
        let on_rejection = AnswerRejected(response);
        let conclude = ConcludeHttp { classifier, on_rejection, watches_bodies };
        HttpCircuitBreakerLayer { selector: self.selector, conclude }
    }
}

impl<S, L: Clone, C: Clone, A: Clone> Layer<S> for HttpCircuitBreakerLayer<L, C, A> {
    type Service = CircuitBreakerService<S, L, ConcludeHttp<C, A>>;

    fn layer(&self, inner: S) -> Self::Service {
        CircuitBreakerService::new(inner, self.selector.clone(), self.conclude.clone())
    }
}

/// What an [`HttpCircuitBreakerLayer`] makes of responses and errors.
#[derive(Clone, Copy, Debug)]
pub struct ConcludeHttp<C, A> {
    classifier: C,
    on_rejection: A,
    watches_bodies: bool,
}

impl<C, A> Sealed for ConcludeHttp<C, A> {}

impl<B, E, C, A> Conclude<Response<B>, E> for ConcludeHttp<C, A>
where
    B: Body,
    C: Classify<Response<B>, E> + Clone,
    A: OnRejection<E>,
{
    type Response = Response<GuardedBody<B>>;
    type Error = A::Error;

    fn reject(&self, rejected: Rejected) -> Result<Self::Response, A::Error> {
        self.on_rejection.reject(rejected)
    }

    fn conclude(
        &self,
        permit: OwnedPermit,
        result: Result<Response<B>, E>,
    ) -> Result<Self::Response, A::Error> {
        let verdict = self.classifier.classify(&result);
        match result {
            Ok(response) if self.watches_bodies && verdict == Verdict::Success => {
                let trailers = self.classifier.trailers(&response);
                Ok(response.map(|body| GuardedBody::watched(body, permit, trailers)))
            }
            Ok(response) => {
                let describe = || described(self.classifier.describe(&response), response.status());
                permit.end(verdict, &Why::Response(&describe));
                Ok(response.map(GuardedBody::of_service))
            }
            Err(error) => {
                let error = A::error(error);
                A::end(permit, verdict, &error);
                Err(error)
            }
        }
    }

    fn pass(&self, result: Result<Response<B>, E>) -> Result<Self::Response, A::Error> {
        result.map(|response| response.map(GuardedBody::of_service)).map_err(A::error)
    }
}
