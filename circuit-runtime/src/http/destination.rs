//! Where a request goes.

use std::borrow::Cow;

/// As much of a request's URL as breakers are selected by.
#[derive(Clone, Copy, Debug)]
pub struct Destination<'r> {
    pub(super) scheme: &'r str,
    pub(super) host: &'r str,
    /// If it is given, and not the scheme's own.
    pub(super) port: Option<u16>,
    pub(super) path: &'r str,
}

/// A request that goes somewhere.
pub trait Addressed {
    /// Where, if it says so.
    fn destination(&self) -> Option<Destination<'_>>;
}

/// What is not said where a scheme has it.
pub(super) fn other_than_default(scheme: &str, port: Option<u16>) -> Option<u16> {
    let default = match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    };
    port.filter(|port| Some(*port) != default)
}

impl<B> Addressed for ::http::Request<B> {
    /// By its URL; where that is only a path, by its header `Host`.
    fn destination(&self) -> Option<Destination<'_>> {
        let uri = self.uri();
        let scheme = uri.scheme_str().unwrap_or("http");
        let (host, port) = match uri.authority() {
            Some(authority) => (authority.host(), authority.port_u16()),
            None => {
                let host = self.headers().get(::http::header::HOST)?.to_str().ok()?;
                split_port(host)
            }
        };
        let port = other_than_default(scheme, port);
        Some(Destination { scheme, host, port, path: uri.path() })
    }
}

/// `host:port`, or a host alone. The colons of an IPv6 address lie in brackets.
fn split_port(authority: &str) -> (&str, Option<u16>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().ok()),
        _ => (authority, None),
    }
}

impl<'r> Destination<'r> {
    /// `"example.com"`, or `"example.com:8443"`: in lower case, as hosts have none.
    pub(super) fn authority(&self) -> Cow<'r, str> {
        let is_lower = !self.host.bytes().any(|byte| byte.is_ascii_uppercase());
        match (self.port, is_lower) {
            (None, true) => self.host.into(),
            (None, false) => self.host.to_ascii_lowercase().into(),
            (Some(port), _) => format!("{}:{port}", self.host.to_ascii_lowercase()).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority(uri: &str, host: Option<&str>) -> Option<String> {
        let mut request = ::http::Request::builder().uri(uri);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let request = request.body(()).expect("valid");
        request.destination().map(|destination| destination.authority().into_owned())
    }

    #[test]
    fn a_host_is_one_host_however_it_is_written() {
        let same = ["http://Example.com/", "http://example.com:80/x", "https://example.com:443"];
        for uri in same {
            assert_eq!(authority(uri, None).as_deref(), Some("example.com"), "{uri}");
        }
        assert_eq!(authority("http://u:p@example.com:81", None).as_deref(), Some("example.com:81"));
        assert_eq!(authority("https://[::1]:8443/", None).as_deref(), Some("[::1]:8443"));
    }

    #[test]
    fn a_request_for_a_path_alone_goes_to_its_host_header() {
        assert_eq!(authority("/v1", Some("example.com:8080")).as_deref(), Some("example.com:8080"));
        assert_eq!(authority("/v1", Some("[::1]")).as_deref(), Some("[::1]"));
        assert_eq!(authority("/v1", None), None);
    }
}
