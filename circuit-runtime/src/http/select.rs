//! Which breaker a request goes through.

use super::destination::Addressed;
use crate::breaker::{BreakerHandle, CircuitBreaker};
use crate::registry::Group;

/// Says which breaker a request goes through. A breaker does, for all requests alike; [`PerHost`] and
/// [`Prefixes`](super::Prefixes) do for requests of HTTP; so do closures: `|request: &Request<_>| ..`.
pub trait Select<R> {
    /// The breaker for this request; if there is none, it is made without.
    fn select(&self, request: &R) -> Option<BreakerHandle>;

    /// The breaker, if it is the same for all requests: then one that would reject them does so without waiting for the
    /// service to be ready.
    fn for_all(&self) -> Option<&BreakerHandle> {
        None
    }
}

impl<R> Select<R> for BreakerHandle {
    fn select(&self, _: &R) -> Option<BreakerHandle> {
        Some(self.clone())
    }

    fn for_all(&self) -> Option<&BreakerHandle> {
        Some(self)
    }
}

impl<R, F: Fn(&R) -> Option<BreakerHandle>> Select<R> for F {
    fn select(&self, request: &R) -> Option<BreakerHandle> {
        self(request)
    }
}

/// One breaker per host and port: members of a [`Group`], called `"<group>/example.com"`, or `"<group>/example.com:8443"`
/// where the port is not the scheme's own. Requests that go to no host are made without a breaker.
///
/// ```
/// use circuit_runtime::http::{PerHost, Select};
/// use circuit_runtime::{GroupSettings, Settings, registry};
///
/// let each = GroupSettings::new().each(Settings::new().threshold(3)).at_most(500);
/// let hosts = PerHost::of(registry().group("per-host/crawler", each));
///
/// let request = http::Request::get("https://Example.com/index.html").body(()).unwrap();
/// assert_eq!(hosts.select(&request).unwrap().name(), "per-host/crawler/example.com");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PerHost(&'static Group);

impl PerHost {
    /// Those of `group`.
    pub fn of(group: &'static Group) -> Self {
        Self(group)
    }

    /// The group.
    pub fn group(&self) -> &'static Group {
        self.0
    }
}

impl<R: Addressed> Select<R> for PerHost {
    fn select(&self, request: &R) -> Option<BreakerHandle> {
        let destination = request.destination()?;
        Some(self.0.breaker(&destination.authority()))
    }
}

/// A breaker, or many.
#[derive(Clone, Debug)]
pub enum Guards {
    /// One for all.
    Breaker(BreakerHandle),
    /// One per host.
    PerHost(PerHost),
    /// None: what is guarded elsewhere, or is not to be.
    Nothing,
}

impl Guards {
    pub(super) fn select(&self, request: &impl Addressed) -> Option<BreakerHandle> {
        match self {
            Self::Breaker(breaker) => Some(breaker.clone()),
            Self::PerHost(hosts) => hosts.select(request),
            Self::Nothing => None,
        }
    }
}

impl From<&'static CircuitBreaker> for Guards {
    fn from(breaker: &'static CircuitBreaker) -> Self {
        Self::Breaker(breaker.into())
    }
}

impl From<BreakerHandle> for Guards {
    fn from(breaker: BreakerHandle) -> Self {
        Self::Breaker(breaker)
    }
}

impl From<PerHost> for Guards {
    fn from(hosts: PerHost) -> Self {
        Self::PerHost(hosts)
    }
}
