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
/// The [`Rejected`] itself is among the response's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it says how to answer, and answers nothing by itself"]
pub struct RejectedResponse {
    status: StatusCode,
    is_grpc: bool,
}

impl RejectedResponse {
    /// With status 503.
    pub const fn new() -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, is_grpc: false }
    }

    /// As gRPC has it: status 14, `UNAVAILABLE`, in the headers of a response without a body.
    ///
    /// ```
    /// # use circuit_runtime::http::RejectedResponse;
    /// # use circuit_runtime::{CircuitBreaker, Settings};
    /// # let breaker = CircuitBreaker::new("payments", Settings::new())?;
    /// # breaker.open();
    /// # let rejected = breaker.try_acquire().unwrap_err();
    /// let response: http::Response<String> = RejectedResponse::grpc().to(&rejected);
    /// assert_eq!(response.headers()["grpc-status"], "14");
    /// # Ok::<(), circuit_runtime::SettingsError>(())
    /// ```
    pub const fn grpc() -> Self {
        Self { status: StatusCode::OK, is_grpc: true }
    }

    /// With another status: 500 for those who come from `requests-circuit-breaker`.
    pub const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The response to a request that was `rejected`. Without `Retry-After` where time alone will not help, since the breaker
    /// was forced open.
    pub fn to<B: From<String>>(&self, rejected: &Rejected) -> Response<B> {
        let body = if self.is_grpc { String::new() } else { body(rejected) };
        let mut response = Response::new(body.into());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(rejected.clone());
        let headers = response.headers_mut();
        if self.is_grpc {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
            headers.insert("grpc-status", HeaderValue::from_static(UNAVAILABLE));
            headers.insert("grpc-message", grpc_message(&rejected.to_string()));
        } else {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
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

const UNAVAILABLE: &str = "14";

/// What is not printable ASCII, and the per cent sign itself, as gRPC's protocol over HTTP/2 has it.
fn grpc_message(text: &str) -> HeaderValue {
    let mut message = String::new();
    for byte in text.bytes() {
        match byte {
            b' '..=b'~' if byte != b'%' => message.push(byte.into()),
            // To a string, it does not fail.
            _ => write!(message, "%{byte:02X}").unwrap_or_default(),
        }
    }
    HeaderValue::try_from(message).unwrap_or(HeaderValue::from_static("rejected"))
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
                    write!(json, "\\u{:04x}", u32::from(control)).unwrap_or_default();
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
    fn a_message_of_grpc_is_of_printable_characters() {
        assert_eq!(grpc_message("100 % ü\n"), "100 %25 %C3%BC%0A");
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
