//! gRPC's words, which come by HTTP.

use std::borrow::Cow;

use ::http::{HeaderMap, Response};

use super::status::{HttpStatus, described};
use super::verdict::{Classify, JudgeTrailers, Verdict};

/// What a gRPC response counts as, by its `grpc-status`: in the headers, where a call fails at once, or in the trailers, which
/// are seen if the layer [watches bodies](super::HttpCircuitBreakerLayer::watch_bodies).
///
/// | status | counts as |
/// | --- | --- |
/// | `OK` | success |
/// | `UNKNOWN`, `DEADLINE_EXCEEDED`, `INTERNAL`, `UNAVAILABLE`, `DATA_LOSS` | failure |
/// | `CANCELLED` | nothing |
/// | all others | excluded: the service answered |
///
/// That is what gRPC's own mapping to HTTP makes a 5xx (`google/rpc/code.proto`), but for `UNIMPLEMENTED`: that one is the
/// caller's mistake. A status that cannot be read, and a body that ends without one, are `UNKNOWN`, as gRPC has it. Errors, and
/// a response whose HTTP status is no success, are judged as [`HttpStatus`] judges them.
///
/// ```
/// use circuit_runtime::http::{GrpcStatus, Verdict};
///
/// const RESOURCE_EXHAUSTED: u16 = 8;
/// let too = GrpcStatus::new().by(|code| match code {
///     RESOURCE_EXHAUSTED => Verdict::Failure,
///     code => GrpcStatus::judge(code),
/// });
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "a classifier does nothing until a layer has it"]
pub struct GrpcStatus {
    judge: fn(u16) -> Verdict,
}

const UNKNOWN: u16 = 2;

impl GrpcStatus {
    /// As described above.
    pub const fn new() -> Self {
        Self { judge: Self::judge }
    }

    /// Judges the status by `judge` instead, which may ask [`judge`](Self::judge) for what it has no opinion on.
    pub const fn by(mut self, judge: fn(u16) -> Verdict) -> Self {
        self.judge = judge;
        self
    }

    /// What a status code counts as, where nothing else is said.
    pub const fn judge(code: u16) -> Verdict {
        match code {
            0 => Verdict::Success,
            1 => Verdict::Ignored,
            2 | 4 | 13 | 14 | 15 => Verdict::Failure,
            _ => Verdict::Excluded,
        }
    }

    fn judge_trailers(self, trailers: Option<&HeaderMap>) -> (Verdict, Cow<'static, str>) {
        match trailers.and_then(code) {
            Some(code) => ((self.judge)(code), told(code, trailers)),
            None => ((self.judge)(UNKNOWN), "no gRPC status behind the body".into()),
        }
    }
}

impl Default for GrpcStatus {
    fn default() -> Self {
        Self::new()
    }
}

fn code(headers: &HeaderMap) -> Option<u16> {
    let status = headers.get("grpc-status")?.to_str().ok();
    Some(status.and_then(|status| status.trim().parse().ok()).unwrap_or(UNKNOWN))
}

/// `gRPC status 14 (UNAVAILABLE): no route to host`
fn told(code: u16, headers: Option<&HeaderMap>) -> Cow<'static, str> {
    let message = headers.and_then(|headers| headers.get("grpc-message"));
    let message = message.and_then(|message| message.to_str().ok());
    let colon = if message.is_some() { ": " } else { "" };
    let (name, message) = (name(code), message.unwrap_or_default());
    format!("gRPC status {code} ({name}){colon}{message}").into()
}

fn name(code: u16) -> &'static str {
    const NAMES: [&str; 17] = [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];
    NAMES.get(usize::from(code)).unwrap_or(&"no such status")
}

impl<B, E> Classify<Response<B>, E> for GrpcStatus {
    fn classify(&self, result: &Result<Response<B>, E>) -> Verdict {
        match (HttpStatus::new().classify(result), result) {
            (Verdict::Success, Ok(response)) => {
                code(response.headers()).map_or(Verdict::Success, self.judge)
            }
            (verdict, _) => verdict,
        }
    }

    fn describe(&self, response: &Response<B>) -> Option<Cow<'static, str>> {
        let headers = response.headers();
        let told = code(headers).map(|code| told(code, Some(headers)));
        Some(described(told, response.status()))
    }

    fn trailers(&self, response: &Response<B>) -> Option<JudgeTrailers> {
        let this = *self;
        let is_open = code(response.headers()).is_none();
        is_open
            .then(|| -> JudgeTrailers { Box::new(move |trailers| this.judge_trailers(trailers)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classified(status: u16, grpc: Option<&str>) -> (Verdict, Cow<'static, str>) {
        let mut response = Response::builder().status(status);
        if let Some(grpc) = grpc {
            response = response.header("grpc-status", grpc).header("grpc-message", "why");
        }
        let response = response.body(()).expect("valid");
        let described = Classify::<_, ()>::describe(&GrpcStatus::new(), &response);
        (GrpcStatus::new().classify(&Ok::<_, ()>(response)), described.expect("a text"))
    }

    #[test]
    fn the_grpc_status_decides_where_there_is_one() {
        assert_eq!(classified(200, Some("0")).0, Verdict::Success);
        assert_eq!(classified(200, Some("1")).0, Verdict::Ignored);
        assert_eq!(classified(200, Some("5")).0, Verdict::Excluded);
        let unavailable = (Verdict::Failure, "gRPC status 14 (UNAVAILABLE): why".into());
        assert_eq!(classified(200, Some("14")), unavailable);
        assert_eq!(classified(200, Some("99")).0, Verdict::Excluded);
        let unknown = (Verdict::Failure, "gRPC status 2 (UNKNOWN): why".into());
        assert_eq!(classified(200, Some("broken")), unknown);
    }

    #[test]
    fn without_one_the_http_status_does() {
        assert_eq!(classified(200, None).0, Verdict::Success);
        assert_eq!(classified(502, None), (Verdict::Failure, "502 Bad Gateway".into()));
    }

    #[test]
    fn trailers_are_judged_as_headers_are_and_their_absence_is_unknown() {
        let mut trailers = HeaderMap::new();
        let judge = |trailers: Option<&HeaderMap>| GrpcStatus::new().judge_trailers(trailers);
        let absent = (Verdict::Failure, "no gRPC status behind the body".into());
        assert_eq!([judge(None), judge(Some(&trailers))], [absent.clone(), absent]);
        trailers.insert("grpc-status", "13".parse().expect("a header"));
        let (verdict, why) = judge(Some(&trailers));
        assert_eq!((verdict, &*why), (Verdict::Failure, "gRPC status 13 (INTERNAL)"));
    }

    #[test]
    fn a_code_may_be_judged_otherwise() {
        let too = GrpcStatus::new().by(|code| match code {
            8 => Verdict::Failure,
            code => GrpcStatus::judge(code),
        });
        let response = Response::builder().header("grpc-status", 8).body(()).expect("valid");
        assert_eq!(too.classify(&Ok::<_, ()>(response)), Verdict::Failure);
    }
}
