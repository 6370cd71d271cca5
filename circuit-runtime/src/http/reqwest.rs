//! A breaker in front of a `reqwest` client.

use std::borrow::Cow;
use std::future::poll_fn;

use ::http::Extensions;
use async_trait::async_trait;
use reqwest::{Body, Request, Response, ResponseBuilderExt, Url};
use reqwest_middleware::{Error, Middleware, Next, Result};

use super::body::GuardedBody;
use super::call::Call;
use super::destination::{Addressed, Destination};
use super::ending::Why;
use super::rejected_response::RejectedResponse;
use super::select::Select;
use super::status::{HttpStatus, described};
use super::verdict::{Classify, Verdict};
use crate::breaker::{BreakerHandle, OwnedPermit, Rejected};

/// Has every request of a `reqwest` client go through a breaker: for `reqwest_middleware::ClientBuilder`.
///
/// ```
/// use circuit_runtime::breaker;
/// use circuit_runtime::http::CircuitBreakerMiddleware;
/// use reqwest_middleware::ClientBuilder;
///
/// let payments = breaker!("reqwest/payments", threshold = 5, ttl = 30);
/// let client = ClientBuilder::new(reqwest::Client::new())
///     .with(CircuitBreakerMiddleware::new(payments))
///     .build();
/// ```
///
/// A rejected request is an `Error::Middleware`, in which [`Rejected::find_in`](crate::Rejected::find_in) finds the rejection;
/// or, with [`answer_rejected`](Self::answer_rejected), a response. What a response counts as, [`HttpStatus`] says, unless
/// [`classify`](Self::classify) is given another classifier; requests that could not be made at all, since they are none,
/// count as nothing.
///
/// What is added to the client before it is around it: a retry before it asks the breaker for each attempt; one behind it is
/// one call, whatever it takes. The client's own timeout is inside, and what it ends is a failure.
#[derive(Clone, Debug)]
#[must_use = "a middleware does nothing until a client has it"]
pub struct CircuitBreakerMiddleware<L = BreakerHandle, C = HttpStatus> {
    selector: L,
    classifier: C,
    answer: Option<RejectedResponse>,
    watches_bodies: bool,
}

impl CircuitBreakerMiddleware {
    /// Through this breaker, whichever host a request is for.
    pub fn new(breaker: impl Into<BreakerHandle>) -> Self {
        Self::by(breaker.into())
    }
}

impl<L> CircuitBreakerMiddleware<L> {
    /// Through the breaker that `selector` selects for each request: [`PerHost`](super::PerHost),
    /// [`Prefixes`](super::Prefixes), or a closure.
    pub const fn by(selector: L) -> Self {
        Self { selector, classifier: HttpStatus::new(), answer: None, watches_bodies: false }
    }
}

impl<L, C> CircuitBreakerMiddleware<L, C> {
    /// Has `classifier` say what a response counts as: see [`Classify`].
    pub fn classify<D>(self, classifier: D) -> CircuitBreakerMiddleware<L, D> {
        let Self { selector, answer, watches_bodies, .. } = self;
        CircuitBreakerMiddleware { selector, classifier, answer, watches_bodies }
    }

    /// Has the call end where the body of its response does, if that is a success so far: a body that breaks off is a failure
    /// then. One that is dropped before its end is a success, since whoever stops reading has seen what it wanted; but a cancelled
    /// call, if it was being waited for. A `slow_call` is then judged by all the time that was spent waiting for the service.
    ///
    /// A probe holds its place as long as its body is read; so leave it off, which it is unless said, where bodies go on for ever.
    pub fn watch_bodies(mut self) -> Self {
        self.watches_bodies = true;
        self
    }

    /// Answers rejected requests with this response, instead of an error.
    pub fn answer_rejected(mut self, response: RejectedResponse) -> Self {
        self.answer = Some(response);
        self
    }
}

#[async_trait]
impl<L, C> Middleware for CircuitBreakerMiddleware<L, C>
where
    L: Select<Request> + Send + Sync + 'static,
    C: Classify<Response, Error> + Send + Sync + 'static,
{
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let Some(breaker) = self.selector.select(&request) else {
            return next.run(request, extensions).await;
        };
        let permit = match breaker.into_permit() {
            Ok(permit) => permit,
            Err(rejected) => return self.reject(rejected, request.url()),
        };
        let mut call = Call::new(permit);
        let mut sent = next.run(request, extensions);
        let result = poll_fn(|context| call.step(|| sent.as_mut().poll(context))).await;
        match call.take() {
            Some(permit) => self.conclude(permit, result),
            None => result,
        }
    }
}

impl<L, C: Classify<Response, Error>> CircuitBreakerMiddleware<L, C> {
    fn conclude(&self, permit: OwnedPermit, result: Result<Response>) -> Result<Response> {
        let verdict = self.classifier.classify(&result);
        match result {
            Ok(response) if self.watches_bodies && verdict == Verdict::Success => {
                Ok(watched(response, permit, &self.classifier))
            }
            Ok(response) => {
                let describe = || described(self.classifier.describe(&response), response.status());
                permit.end(verdict, &Why::Response(&describe));
                Ok(response)
            }
            Err(error) => {
                permit.end(verdict, &Why::Error(&error));
                Err(error)
            }
        }
    }

    fn reject(&self, rejected: Rejected, url: &Url) -> Result<Response> {
        let Some(answer) = self.answer else { return Err(Error::middleware(rejected)) };
        let own = |text| Body::wrap(GuardedBody::<Body>::of_breaker(text));
        let mut response = answer.to::<String>(&rejected).map(own);
        put_url(&mut response, url);
        Ok(response.into())
    }
}

fn watched(
    response: Response,
    permit: OwnedPermit,
    classifier: &impl Classify<Response, Error>,
) -> Response {
    let url = response.url().clone();
    let judge = classifier.trailers(&response);
    let watch = |body: Body| GuardedBody::watched(body, permit, judge);
    let mut response = ::http::Response::from(response).map(watch).map(Body::wrap);
    put_url(&mut response, &url);
    response.into()
}

/// Where `reqwest` looks for the URL of a response that it is given.
fn put_url<B>(response: &mut ::http::Response<B>, url: &Url) {
    let of_url = ::http::Response::builder().url(url.clone()).body(());
    if let Ok(of_url) = of_url {
        let (parts, ()) = of_url.into_parts();
        response.extensions_mut().extend(parts.extensions);
    }
}

impl Addressed for Request {
    fn destination(&self) -> Option<Destination<'_>> {
        let url = self.url();
        Destination::new(url.scheme(), url.host_str()?, url.port(), url.path())
    }
}

impl Classify<Response, Error> for HttpStatus {
    fn classify(&self, result: &Result<Response>) -> Verdict {
        match result {
            Ok(response) => self.of(response.status(), response.headers(), response.extensions()),
            // No request was made.
            Err(error) if error.is_builder() => Verdict::Ignored,
            // A middleware further in has made an error of the answer.
            Err(error) => error.status().map_or(Verdict::Failure, |status| self.of_status(status)),
        }
    }

    fn describe(&self, response: &Response) -> Option<Cow<'static, str>> {
        Some(described(None, response.status()))
    }
}
