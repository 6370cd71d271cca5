//! The answer of a service that was not asked.

use std::fmt::Write;

use ::http::header::{CONTENT_TYPE, RETRY_AFTER};
use ::http::{HeaderName, HeaderValue, Response, StatusCode};

use super::retry_after::seconds;
use crate::breaker::Rejected;

/// The name of the header by which a response that a breaker made can be told from one of the service: its value is the state
/// of the breaker, `open` or `half-open`.
pub const X_CIRCUIT_BREAKER: HeaderName = HeaderName::from_static("x-circuit-breaker");

/// The response to a request that was not made, for clients to whom an error says less than a status: `503 Service
/// Unavailable`, with `Retry-After`, `X-Circuit-Breaker: open`, and a small body in JSON.
///
/// For servers as well, whose own call was rejected:
///
/// ```
/// use circuit_runtime::http::RejectedResponse;
/// use circuit_runtime::{CircuitBreaker, Settings};
///
/// let breaker = CircuitBreaker::new("payments", Settings::new())?;
/// breaker.open();
/// let rejected = breaker.try_acquire().unwrap_err();
/// let response: http::Response<String> = RejectedResponse::new().to(&rejected);
/// assert_eq!(response.status(), 503);
/// assert_eq!(response.headers()["x-circuit-breaker"], "open");
/// assert_eq!(response.headers()["retry-after"], "61"); // whole seconds, after which it is over
/// assert!(response.body().starts_with(r#"{"error":"circuit breaker \"payments\" is open, retry in 60.0s","breaker":"payments""#));
/// # Ok::<(), circuit_runtime::SettingsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it says how to answer, and answers nothing by itself"]
pub struct RejectedResponse {
    status: StatusCode,
}

impl RejectedResponse {
    /// With status 503.
    pub const fn new() -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE }
    }

    /// With another status: 500 for those who come from `requests-circuit-breaker`.
    pub const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The response to a request that was `rejected`. Without `Retry-After` where time alone will not help, since the breaker
    /// was forced open.
    pub fn to<B: From<String>>(&self, rejected: &Rejected) -> Response<B> {
        let mut response = Response::new(body(rejected).into());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(X_CIRCUIT_BREAKER, HeaderValue::from_static(rejected.state().as_str()));
        if let Some(wait) = rejected.retry_after() {
            headers.insert(RETRY_AFTER, seconds(wait).into());
        }
        response
    }
}

impl Default for RejectedResponse {
    fn default() -> Self {
        Self::new()
    }
}

fn body(rejected: &Rejected) -> String {
    let (error, breaker) = (Quoted(&rejected.to_string()).json(), Quoted(rejected.name()).json());
    let (state, wait) = (rejected.state(), rejected.retry_after());
    let wait = wait.map_or("null".to_owned(), |wait| format!("{:.3}", wait.as_secs_f64()));
    format!(r#"{{"error":{error},"breaker":{breaker},"state":"{state}","retry_after":{wait}}}"#)
}

struct Quoted<'t>(&'t str);

impl Quoted<'_> {
    /// As a string of JSON.
    fn json(&self) -> String {
        let mut json = String::from("\"");
        for char in self.0.chars() {
            match char {
                '"' | '\\' => json.extend(['\\', char]),
                control if control < ' ' => {
                    // To a string, it does not fail.
                    let _ = write!(json, "\\u{:04x}", u32::from(control));
                }
                char => json.push(char),
            }
        }
        json.push('"');
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breaker::{CircuitBreaker, Mode, Settings};

    fn answer(breaker: &CircuitBreaker) -> Response<String> {
        let rejected = breaker.try_acquire().expect_err("open");
        RejectedResponse::new().status(StatusCode::INTERNAL_SERVER_ERROR).to(&rejected)
    }

    #[test]
    fn a_name_is_quoted_whatever_it_is() {
        let breaker = CircuitBreaker::new(r#"a "b" \ é"#, Settings::new()).expect("valid");
        breaker.open();
        let response = answer(&breaker);
        assert_eq!(response.status(), 500);
        assert!(
            response
                .body()
                .contains(r#""breaker":"a \"b\" \\ é","state":"open","retry_after":60.0"#)
        );
        assert_eq!(Quoted("\n").json(), r#""\u000a""#);
    }

    #[test]
    fn one_that_is_forced_open_says_no_time() {
        let breaker = CircuitBreaker::new("forced", Settings::new()).expect("valid");
        breaker.set_mode(Mode::ForcedOpen);
        let response = answer(&breaker);
        assert_eq!(response.headers().get(RETRY_AFTER), None);
        assert!(response.body().ends_with(r#""state":"open","retry_after":null}"#), "{response:?}");
    }
}
