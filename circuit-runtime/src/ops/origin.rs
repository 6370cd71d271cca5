//! Whether a browser sends a request on behalf of another site.

use axum::http::StatusCode;
use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;

use super::answer::Fault;

/// Answers no request from a page of another origin.
pub(super) fn refuse_foreign(request: &Parts) -> Result<(), Fault> {
    let Some(how) = foreign(request) else { return Ok(()) };
    let error = format!("a page of another origin may not ask for this: {how}");
    Err(Fault::new(StatusCode::FORBIDDEN, error))
}

/// Says how it is seen that the request comes from a page of another origin, if it does. What is no browser says nothing of
/// origins, and is none.
fn foreign(request: &Parts) -> Option<String> {
    let header = |name: &str| {
        let value = request.headers.get(name)?;
        Some(value.to_str().unwrap_or("null"))
    };
    match (header("sec-fetch-site"), header(ORIGIN.as_str())) {
        // The browser has compared them itself, whatever a proxy makes of the host.
        (Some("same-origin" | "none"), _) | (None, None) => None,
        (Some(site), _) => Some(format!("the browser says that it is {site:?}")),
        (None, Some(origin)) => {
            let host = host(request).unwrap_or_default();
            (!is_at(origin, host))
                .then(|| format!("its origin is {origin:?}, and this is {host:?}"))
        }
    }
}

/// The host that is asked, and its port where one is said.
pub(super) fn host(request: &Parts) -> Option<&str> {
    let header = request.headers.get(HOST).and_then(|value| value.to_str().ok());
    header.or(request.uri.authority().map(Authority::as_str))
}

/// Whether `origin`, as `https://ops.example.com:8443`, is at `host`.
fn is_at(origin: &str, host: &str) -> bool {
    let Some((scheme, at)) = origin.split_once("://") else { return false };
    let own = if scheme == "https" { ":443" } else { ":80" };
    let bare = |host: &str| host.strip_suffix(own).unwrap_or(host).to_ascii_lowercase();
    bare(at) == bare(host)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn asked_with(headers: &[(&str, &str)]) -> bool {
        let mut request = Request::post("/breakers/db");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        foreign(&request.body(()).expect("a request").into_parts().0).is_some()
    }

    #[test]
    fn a_request_of_another_origin_is_told_by_what_the_browser_says() {
        let host = ("host", "ops.example.com:8080");
        assert!(!asked_with(&[host]));
        assert!(!asked_with(&[host, ("origin", "http://ops.example.com:8080")]));
        assert!(!asked_with(&[
            ("host", "ops.example.com"),
            ("origin", "https://OPS.example.com:443")
        ]));
        assert!(!asked_with(&[
            ("host", "inside"),
            ("origin", "https://out"),
            ("sec-fetch-site", "same-origin")
        ]));
        for origin in
            ["http://evil.example", "http://ops.example.com", "null", "", "ops.example.com:8080"]
        {
            assert!(asked_with(&[host, ("origin", origin)]), "{origin}");
        }
        assert!(asked_with(&[("origin", "http://ops.example.com")]), "no host to compare it with");
        for site in ["cross-site", "same-site", ""] {
            assert!(asked_with(&[
                host,
                ("origin", "http://ops.example.com:8080"),
                ("sec-fetch-site", site)
            ]));
        }
    }
}
