//! HTTP's own words.

use std::borrow::Cow;
use std::time::Duration;

use ::http::{Extensions, HeaderMap, Response, StatusCode};

use super::retry_after::retry_after;
use super::verdict::{Classify, Verdict};
use crate::breaker::Rejected;

/// What an HTTP response counts as: every error (no connection, a timeout) and every 5xx is a failure, a 4xx is excluded since
/// the service answered, and anything else a success.
///
/// ```
/// use http::{Response, StatusCode};
/// use circuit_runtime::http::{Classify, HttpStatus, Verdict};
///
/// let classifier = HttpStatus::new();
/// let of = |status| classifier.classify(&Ok::<_, ()>(Response::builder().status(status).body(()).unwrap()));
/// assert_eq!(of(StatusCode::OK), Verdict::Success);
/// assert_eq!(of(StatusCode::NOT_FOUND), Verdict::Excluded);
/// assert_eq!(of(StatusCode::BAD_GATEWAY), Verdict::Failure);
/// assert_eq!(classifier.classify(&Err::<Response<()>, _>("connection refused")), Verdict::Failure);
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "a classifier does nothing until a layer or a middleware has it"]
pub struct HttpStatus {
    judge: Option<fn(StatusCode) -> Verdict>,
    heeds_retry_after: Option<Duration>,
}

impl HttpStatus {
    /// As described above.
    pub const fn new() -> Self {
        Self { judge: None, heeds_retry_after: None }
    }

    /// Judges the status by `judge` instead, which may ask [`judge`](Self::judge) for what it has no opinion on.
    ///
    /// ```
    /// use http::StatusCode;
    /// use circuit_runtime::http::{HttpStatus, Verdict};
    ///
    /// let too = HttpStatus::new().by(|status| match status {
    ///     StatusCode::TOO_MANY_REQUESTS => Verdict::Failure,
    ///     status => HttpStatus::judge(status),
    /// });
    /// ```
    pub const fn by(mut self, judge: fn(StatusCode) -> Verdict) -> Self {
        self.judge = Some(judge);
        self
    }

    /// Takes a service at its word that answers 429 or 503 and says in `Retry-After` (seconds, or a date) when to come back: the
    /// breaker opens at once, for that time, `at_most` as long as this, and never longer than an hour. Off, unless said:
    /// behind one name there may be many servers, and a limit for one kind of call or caller.
    pub const fn heed_retry_after(mut self, at_most: Duration) -> Self {
        self.heeds_retry_after = Some(at_most);
        self
    }

    /// What a status counts as, where nothing else is said.
    pub fn judge(status: StatusCode) -> Verdict {
        if status.is_server_error() {
            Verdict::Failure
        } else if status.is_client_error() {
            Verdict::Excluded
        } else {
            Verdict::Success
        }
    }

    pub(super) fn of(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Verdict {
        if extensions.get::<Rejected>().is_some() {
            // A breaker further in has answered.
            return Verdict::Ignored;
        }
        let asks_to_wait = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE];
        let heeded = self.heeds_retry_after.filter(|_| asks_to_wait.contains(&status));
        let asked = heeded.and_then(|at_most| Some(retry_after(headers)?.min(at_most)));
        match asked.filter(|asked| !asked.is_zero()) {
            Some(retry_after) => Verdict::Unavailable { retry_after },
            None => self.of_status(status),
        }
    }

    pub(super) fn of_status(&self, status: StatusCode) -> Verdict {
        self.judge.unwrap_or(Self::judge)(status)
    }
}

/// What a classifier says of a response; or, where it says nothing, `503 Service Unavailable`.
pub(super) fn described(
    by_classifier: Option<Cow<'static, str>>,
    status: StatusCode,
) -> Cow<'static, str> {
    by_classifier.unwrap_or_else(|| status.to_string().into())
}

impl<B, E> Classify<Response<B>, E> for HttpStatus {
    fn classify(&self, result: &Result<Response<B>, E>) -> Verdict {
        match result {
            Ok(response) => self.of(response.status(), response.headers(), response.extensions()),
            Err(_) => Verdict::Failure,
        }
    }

    fn describe(&self, response: &Response<B>) -> Option<Cow<'static, str>> {
        Some(described(None, response.status()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(status: u16, retry_after: &str) -> Verdict {
        let classifier = HttpStatus::new().heed_retry_after(Duration::from_secs(60));
        let response = Response::builder().status(status).header("retry-after", retry_after);
        classifier.classify(&Ok::<_, ()>(response.body(()).expect("valid")))
    }

    #[test]
    fn retry_after_is_heeded_of_those_who_ask_to_wait_and_up_to_a_limit() {
        let waits = |secs| Verdict::Unavailable { retry_after: Duration::from_secs(secs) };
        assert_eq!([asked(503, "7"), asked(429, "3600")], [waits(7), waits(60)]);
        assert_eq!([asked(500, "7"), asked(404, "7")], [Verdict::Failure, Verdict::Excluded]);
        assert_eq!([asked(503, "soon"), asked(429, "0")], [Verdict::Failure, Verdict::Excluded]);
    }

    #[test]
    fn retry_after_is_not_heeded_unless_said() {
        let response = Response::builder().status(503).header("retry-after", "7");
        let result = Ok::<_, ()>(response.body(()).expect("valid"));
        assert_eq!(HttpStatus::new().classify(&result), Verdict::Failure);
    }
}
