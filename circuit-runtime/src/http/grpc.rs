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
/// caller's mistake. A response without a `grpc-status`, and errors, are judged as [`HttpStatus`] judges them.
#[derive(Clone, Copy, Debug, Default)]
pub struct GrpcStatus;

impl GrpcStatus {
    /// What a status code counts as.
    pub const fn judge(code: u16) -> Verdict {
        match code {
            0 => Verdict::Success,
            1 => Verdict::Ignored,
            2 | 4 | 13 | 14 | 15 => Verdict::Failure,
            _ => Verdict::Excluded,
        }
    }
}

fn code(headers: &HeaderMap) -> Option<u16> {
    headers.get("grpc-status")?.to_str().ok()?.trim().parse().ok()
}

/// `gRPC status 14 (UNAVAILABLE): no route to host`
fn told(headers: &HeaderMap) -> Option<Cow<'static, str>> {
    let code = code(headers)?;
    let message = headers.get("grpc-message").and_then(|message| message.to_str().ok());
    let colon = if message.is_some() { ": " } else { "" };
    let (name, message) = (name(code), message.unwrap_or_default());
    Some(format!("gRPC status {code} ({name}){colon}{message}").into())
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

fn judge_trailers(trailers: &HeaderMap) -> (Verdict, Cow<'static, str>) {
    let verdict = code(trailers).map_or(Verdict::Success, GrpcStatus::judge);
    (verdict, told(trailers).unwrap_or_default())
}

impl<B, E> Classify<Response<B>, E> for GrpcStatus {
    fn classify(&self, result: &Result<Response<B>, E>) -> Verdict {
        match result.as_ref().map(|response| code(response.headers())) {
            Ok(Some(code)) => Self::judge(code),
            _ => HttpStatus::new().classify(result),
        }
    }

    fn describe(&self, response: &Response<B>) -> Cow<'static, str> {
        told(response.headers()).unwrap_or_else(|| described(response.status()))
    }

    fn trailers(&self) -> Option<JudgeTrailers> {
        Some(judge_trailers)
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
        let described = Classify::<_, ()>::describe(&GrpcStatus, &response);
        (GrpcStatus.classify(&Ok::<_, ()>(response)), described)
    }

    #[test]
    fn the_grpc_status_decides_where_there_is_one() {
        assert_eq!(classified(200, Some("0")).0, Verdict::Success);
        assert_eq!(classified(200, Some("1")).0, Verdict::Ignored);
        assert_eq!(classified(200, Some("5")).0, Verdict::Excluded);
        let unavailable = (Verdict::Failure, "gRPC status 14 (UNAVAILABLE): why".into());
        assert_eq!(classified(200, Some("14")), unavailable);
        assert_eq!(classified(200, Some("99")).0, Verdict::Excluded);
    }

    #[test]
    fn without_one_the_http_status_does() {
        assert_eq!(classified(200, None).0, Verdict::Success);
        assert_eq!(classified(502, None), (Verdict::Failure, "502 Bad Gateway".into()));
        assert_eq!(classified(200, Some("broken")).0, Verdict::Success);
    }

    #[test]
    fn trailers_are_judged_as_headers_are() {
        let mut trailers = HeaderMap::new();
        assert_eq!(judge_trailers(&trailers).0, Verdict::Success);
        trailers.insert("grpc-status", "13".parse().expect("a header"));
        let (verdict, why) = judge_trailers(&trailers);
        assert_eq!((verdict, &*why), (Verdict::Failure, "gRPC status 13 (INTERNAL)"));
    }
}
