//! A request and its response, without a network between them.

use std::future::{Ready, poll_fn, ready};
use std::hint::black_box;

use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use tower::{Service, service_fn};

use crate::work::{Fault, finish};

/// What a service answers.
pub(super) type Answer = Result<Response<Full<Bytes>>, Fault>;

const BODY: Bytes = Bytes::from_static(b"ok");

/// Hosts whose names begin so answer 502.
pub(super) const DOWN: &str = "down-";

/// Answers at once.
pub(super) fn service()
-> impl Service<Request<()>, Response = Response<Full<Bytes>>, Error = Fault, Future = Ready<Answer>>
+ Clone
+ Send
+ Sync {
    service_fn(answer)
}

/// Never inlined, so that no optimiser sees through guard and service at once.
#[inline(never)]
fn answer(request: Request<()>) -> Ready<Answer> {
    let mut response = Response::new(Full::new(BODY));
    if black_box(&request).uri().host().is_some_and(|host| host.starts_with(DOWN)) {
        *response.status_mut() = StatusCode::BAD_GATEWAY;
    }
    ready(Ok(response))
}

pub(super) fn request(uri: &Uri) -> Request<()> {
    let mut request = Request::new(());
    *request.uri_mut() = uri.clone();
    request
}

/// As long as `service` is ready at once.
pub(super) fn send<S: Service<Request<()>>>(
    service: &mut S,
    uri: &Uri,
) -> Result<S::Response, S::Error> {
    finish(async {
        poll_fn(|context| service.poll_ready(context)).await?;
        service.call(request(uri)).await
    })
}

/// How many bytes a body has, which is read to its end.
pub(super) fn length<B: BodyExt<Data = Bytes> + Unpin>(mut body: B) -> usize {
    finish(async {
        let mut length = 0;
        while let Some(Ok(frame)) = body.frame().await {
            length += frame.data_ref().map_or(0, Bytes::len);
        }
        length
    })
}

/// Whether this is the whole of [`service`]'s.
pub(super) fn is_whole<B: BodyExt<Data = Bytes> + Unpin>(body: B) -> bool {
    length(body) == BODY.len()
}
