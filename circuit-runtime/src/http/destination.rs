//! Where a request goes.

use std::borrow::Cow;
use std::fmt::Write;

use ::http::HeaderMap;
use ::http::header::HOST;
use ::http::uri::Authority;

/// As much of a request's URL as breakers are selected by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination<'r> {
    scheme: &'r str,
    host: &'r str,
    port: Option<u16>,
    path: &'r str,
}

/// A request that goes somewhere: [`http::Request`](::http::Request) does, and with feature `reqwest-middleware`
/// `reqwest::Request`. Implement it for one of your own, so that [`PerHost`](super::PerHost) and [`Prefixes`](super::Prefixes)
/// select its breaker.
pub trait Addressed {
    /// Where, if it says so.
    fn destination(&self) -> Option<Destination<'_>>;
}

impl<'r> Destination<'r> {
    /// To a `host`, which is in brackets if it is an IPv6 address; to a `port`, if it is not the scheme's own; for a `path`, without
    /// a query. None, if there is no host.
    pub fn new(scheme: &'r str, host: &'r str, port: Option<u16>, path: &'r str) -> Option<Self> {
        let host = host.strip_suffix('.').unwrap_or(host);
        let port = port.filter(|port| Some(*port) != default_port(scheme));
        (!host.is_empty()).then_some(Self { scheme, host, port, path })
    }

    /// The scheme: `"https"`.
    pub fn scheme(&self) -> &'r str {
        self.scheme
    }

    /// The host, without the dot that may end it.
    pub fn host(&self) -> &'r str {
        self.host
    }

    /// The port, if it is not the scheme's own.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The path, without the query.
    pub fn path(&self) -> &'r str {
        self.path
    }

    /// `"example.com"`, or `"example.com:8443"` where the port is not the scheme's own: in lower case, as hosts have none.
    pub fn authority(&self) -> Cow<'r, str> {
        let is_lower = !self.host.bytes().any(|byte| byte.is_ascii_uppercase());
        if self.port.is_none() && is_lower {
            return self.host.into();
        }
        let mut authority = String::with_capacity(self.host.len() + ":65535".len());
        authority.push_str(self.host);
        authority.make_ascii_lowercase();
        if let Some(port) = self.port {
            // To a string, it does not fail.
            write!(authority, ":{port}").unwrap_or_default();
        }
        authority.into()
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}

/// The host and the port of an authority; nothing, where its port is none. In one pass: `Authority` itself looks for each anew.
pub(super) fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let without_user = authority.rfind('@').map_or(0, |at| at + 1);
    let authority = &authority[without_user..];
    // The colons of an IPv6 address lie in brackets.
    match authority.bytes().rposition(|byte| matches!(byte, b':' | b']')) {
        Some(at) if authority.as_bytes()[at] == b':' => {
            let (host, port) = (&authority[..at], &authority[at + 1..]);
            if port.is_empty() {
                return Some((host, None));
            }
            Some((host, Some(port.parse().ok()?)))
        }
        _ => Some((authority, None)),
    }
}

impl<B> Addressed for ::http::Request<B> {
    /// By its URL; where that is only a path, by its header `Host`, as if by `http`.
    fn destination(&self) -> Option<Destination<'_>> {
        let uri = self.uri();
        let authority = match uri.authority() {
            Some(authority) => authority.as_str(),
            None => host_header(self.headers())?,
        };
        let (host, port) = host_and_port(authority)?;
        Destination::new(uri.scheme_str().unwrap_or("http"), host, port, uri.path())
    }
}

/// The header `Host`, if it is one.
fn host_header(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let is_one = host.parse::<Authority>().is_ok() && !host.contains('@');
    is_one.then_some(host)
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
        let same = [
            "http://Example.com/",
            "http://example.com:80/x",
            "https://example.com:443",
            "wss://example.com.:443",
        ];
        for uri in same {
            assert_eq!(authority(uri, None).as_deref(), Some("example.com"), "{uri}");
        }
        assert_eq!(authority("http://u:p@example.com:81", None).as_deref(), Some("example.com:81"));
        assert_eq!(authority("https://[::1]:8443/", None).as_deref(), Some("[::1]:8443"));
        assert_eq!(authority("https://Example.com:81", None).as_deref(), Some("example.com:81"));
    }

    #[test]
    fn a_request_for_a_path_alone_goes_to_its_host_header() {
        assert_eq!(authority("/v1", Some("example.com:8080")).as_deref(), Some("example.com:8080"));
        assert_eq!(authority("/v1", Some("[::1]")).as_deref(), Some("[::1]"));
        assert_eq!(authority("/v1", Some("a.example:")).as_deref(), Some("a.example"));
        assert_eq!(authority("/v1", None), None);
    }

    #[test]
    fn what_is_no_host_is_none() {
        for host in ["", "u@a.example", "a b", ":80", "a.example:99999", "."] {
            assert_eq!(authority("/v1", Some(host)), None, "{host:?}");
        }
    }
}
