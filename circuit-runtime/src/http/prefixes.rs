//! Breakers mounted at prefixes of URLs.

use std::sync::Arc;

use ::http::uri::{Authority, PathAndQuery, Scheme};

use super::destination::{Addressed, Destination, host_and_port};
use super::select::{Guards, Select};
use crate::breaker::BreakerHandle;

/// Breakers mounted at prefixes of URLs. The longest prefix of a request's URL decides; a request that has none is made
/// without a breaker.
///
/// ```
/// use circuit_runtime::http::{Guards, PerHost, Prefixes, Select};
/// use circuit_runtime::{GroupSettings, breaker, registry};
///
/// let others = PerHost::of(registry().group("mounted/others", GroupSettings::new()));
/// let guards = Prefixes::new()
///     .mount("https://api.example.com", breaker!("mounted/api", threshold = 5))?
///     .mount("https://api.example.com/v1/reports", breaker!("mounted/reports", threshold = 2, slow_call = 20))?
///     .mount("https://api.example.com/health", Guards::Nothing)?
///     .mount("https://", others)?;
///
/// let selected = |url| {
///     let request = http::Request::get(url).body(()).unwrap();
///     guards.select(&request).map(|breaker| breaker.name().to_owned())
/// };
/// assert_eq!(selected("https://api.example.com/v1/users").unwrap(), "mounted/api");
/// assert_eq!(selected("https://api.example.com/v1/reports?year=2026").unwrap(), "mounted/reports");
/// assert_eq!(selected("https://example.org/").unwrap(), "mounted/others/example.org");
/// assert_eq!(selected("https://api.example.com/health"), None);
/// assert_eq!(selected("http://example.org/"), None);
/// # Ok::<(), circuit_runtime::http::PrefixError>(())
/// ```
///
/// A prefix is a scheme, `"https://"`; with a host, and a port where it is not the scheme's own; and with as many whole segments of
/// a path as wanted: `/v1` is a prefix of `/v1` and of `/v1/users`, and none of `/v10`. Host and scheme have no case. A request
/// that says only a path, as those of `tonic` and of servers do, has no prefix but by its `Host`, with `http://`.
#[derive(Clone, Debug, Default)]
#[must_use = "prefixes do nothing until a layer or a middleware has them"]
pub struct Prefixes {
    /// The longest first.
    mounted: Arc<Vec<(Prefix, Guards)>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Prefix {
    scheme: String,
    /// A host in lower case, and its port.
    authority: Option<(String, Option<u16>)>,
    /// Without the slash at its end.
    path: String,
}

/// A prefix that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("prefix {prefix:?}: {rule}")]
pub struct PrefixError {
    prefix: String,
    rule: &'static str,
}

impl PrefixError {
    /// What was given.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
}

impl Prefixes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has `guards` guard all requests whose URL has this prefix, and no longer one that is mounted.
    ///
    /// # Errors
    ///
    /// If `prefix` is no scheme, host and path, or is mounted already.
    pub fn mount(mut self, prefix: &str, guards: impl Into<Guards>) -> Result<Self, PrefixError> {
        let fault = |rule| PrefixError { prefix: prefix.to_owned(), rule };
        let parsed = Prefix::parse(prefix).map_err(fault)?;
        if self.mounted.iter().any(|(mounted, _)| *mounted == parsed) {
            return Err(fault("is mounted already"));
        }
        let mounted = Arc::make_mut(&mut self.mounted);
        let at = mounted.partition_point(|(other, _)| other.length() >= parsed.length());
        mounted.insert(at, (parsed, guards.into()));
        Ok(self)
    }
}

impl<R: Addressed> Select<R> for Prefixes {
    fn select(&self, request: &R) -> Option<BreakerHandle> {
        let destination = request.destination()?;
        let (_, guards) = self.mounted.iter().find(|(prefix, _)| prefix.is_of(&destination))?;
        guards.select(request)
    }
}

const NO_HOST: &str = "has a host that is none";

impl Prefix {
    fn parse(prefix: &str) -> Result<Self, &'static str> {
        let (scheme, rest) = prefix
            .split_once("://")
            .filter(|(scheme, _)| !scheme.is_empty())
            .ok_or("must begin with a scheme, as `https://api.example.com/v1` does")?;
        let scheme: Scheme = scheme.parse().map_err(|_| "has a scheme that is none")?;
        let scheme = scheme.as_str().to_ascii_lowercase();
        if rest.contains(['?', '#']) {
            return Err("must end with the path: a prefix has neither a query nor a fragment");
        }
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let authority = if host.is_empty() {
            None
        } else {
            host.parse::<Authority>().map_err(|_| NO_HOST)?;
            if host.contains('@') {
                return Err("must not have a user before its host");
            }
            let (host, port) = host_and_port(host).ok_or("has a port that is none")?;
            let there = Destination::new(&scheme, host, port, "").ok_or(NO_HOST)?;
            Some((there.host().to_ascii_lowercase(), there.port()))
        };
        if !path.is_empty() && path.parse::<PathAndQuery>().is_err() {
            return Err("has a path that is none");
        }
        let path = path.trim_end_matches('/').to_owned();
        if authority.is_none() && !path.is_empty() {
            return Err("must have a host before its path");
        }
        Ok(Self { scheme, authority, path })
    }

    /// What is longer is more closely about fewer requests.
    fn length(&self) -> (bool, usize) {
        (self.authority.is_some(), self.path.len())
    }

    fn is_of(&self, destination: &Destination<'_>) -> bool {
        // What differs most often comes first, and what is mostly written the same is compared as it is.
        let is_same = |is: &str, prefix: &str| is == prefix || is.eq_ignore_ascii_case(prefix);
        let rest = destination.path().strip_prefix(&*self.path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            && self.authority.as_ref().is_none_or(|(host, port)| {
                destination.port() == *port && is_same(destination.host(), host)
            })
            && is_same(destination.scheme(), &self.scheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breaker::{CircuitBreaker, Settings};

    fn guard(name: &str) -> BreakerHandle {
        CircuitBreaker::new(name, Settings::new()).expect("valid").into()
    }

    fn selected(prefixes: &Prefixes, url: &str) -> Option<String> {
        let request = ::http::Request::get(url).body(()).expect("valid");
        prefixes.select(&request).map(|breaker| breaker.name().to_owned())
    }

    #[test]
    fn the_longest_prefix_decides_in_whatever_order_they_are_mounted() {
        let all =
            ["https://", "https://a.example", "https://a.example/v1", "https://a.example/v1/x/"];
        let orders = [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]];
        for order in orders {
            let prefixes = order.iter().fold(Prefixes::new(), |prefixes, at: &usize| {
                prefixes.mount(all[*at], guard(all[*at])).expect("a prefix")
            });
            let expected = [
                ("https://b.example/v1", Some(all[0])),
                ("https://A.example:443/v10", Some(all[1])),
                ("https://a.example/v1", Some(all[2])),
                ("https://a.example/v1/xy", Some(all[2])),
                ("https://a.example/v1/x", Some(all[3])),
                ("https://a.example/v1/x/y?z", Some(all[3])),
                ("https://a.example:8443/v1", Some(all[0])),
                ("http://a.example/v1", None),
            ];
            for (url, prefix) in expected {
                assert_eq!(selected(&prefixes, url).as_deref(), prefix, "{url}");
            }
        }
    }

    #[test]
    fn a_host_is_no_prefix_of_a_longer_one() {
        let prefixes = Prefixes::new().mount("https://example.com", guard("a")).expect("a prefix");
        assert_eq!(selected(&prefixes, "https://example.com.evil.example/"), None);
    }

    #[test]
    fn what_is_no_prefix_is_said() {
        let said = |prefix: &str| {
            let mounted = Prefixes::new().mount(prefix, guard("a"));
            mounted.err().map(|error| error.to_string()).unwrap_or_default()
        };
        let begins = r#"prefix "api.example.com": must begin with a scheme, as `https://api.example.com/v1` does"#;
        assert_eq!(said("api.example.com"), begins);
        assert_eq!(said("https://a b/"), r#"prefix "https://a b/": has a host that is none"#);
        assert_eq!(said("https://:8443"), r#"prefix "https://:8443": has a host that is none"#);
        assert!(said("https://a.example:99999").contains("has a port that is none"));
        assert!(said("h ttp://a.example").contains("has a scheme that is none"));
        assert!(said("https://a.example/x y").contains("has a path that is none"));
        assert!(said("https:///v1").contains("must have a host before its path"));
        assert!(said("https://u@a.example").contains("must not have a user"));
        assert!(said("https://a.example/?q").contains("neither a query"));
        let twice = Prefixes::new().mount("https://a.example/v1/", guard("a")).expect("a prefix");
        let twice = twice.mount("HTTPS://A.example:443/v1", guard("b")).expect_err("mounted");
        assert_eq!(twice.to_string(), r#"prefix "HTTPS://A.example:443/v1": is mounted already"#);
    }
}
