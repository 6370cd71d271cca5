//! Which breaker a request goes through.

use std::sync::Arc;

use super::destination::Addressed;
use crate::breaker::{BreakerHandle, CircuitBreaker};
use crate::registry::Group;

/// Says which breaker a request goes through. A breaker does, for all requests alike; [`PerHost`] and
/// [`Prefixes`](super::Prefixes) do for requests of HTTP; so do closures: `|request: &Request<_>| ..`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not select the breaker of a `{R}`",
    label = "selects none",
    note = "one breaker for all requests is given to `new(..)`, not to `by(..)`",
    note = "a closure says of what it is one, and returns an `Option<BreakerHandle>`: `|request: &{R}| Some(breaker!(\"a\").into())`"
)]
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

impl<R, S: Select<R> + ?Sized> Select<R> for Arc<S> {
    fn select(&self, request: &R) -> Option<BreakerHandle> {
        (**self).select(request)
    }

    fn for_all(&self) -> Option<&BreakerHandle> {
        (**self).for_all()
    }
}

impl<R, F: Fn(&R) -> Option<BreakerHandle>> Select<R> for F {
    fn select(&self, request: &R) -> Option<BreakerHandle> {
        self(request)
    }
}

/// One breaker per host and port: members of a [`Group`], called `"<group>/example.com"`, or `"<group>/example.com:8443"`
/// where the port is not the scheme's own.
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
///
/// A request that says no host is made without a breaker, or through the one given to [`or`](Self::or). Those of a `tonic` channel say
/// none; it has one endpoint, and wants one breaker. What a server is asked for, its clients say: there, their number is theirs to
/// choose.
#[derive(Clone, Debug)]
pub struct PerHost {
    group: &'static Group,
    or: Option<BreakerHandle>,
}

impl PerHost {
    /// Those of `group`.
    pub fn of(group: &'static Group) -> Self {
        Self { group, or: None }
    }

    /// Has requests that say no host go through this breaker.
    pub fn or(mut self, breaker: impl Into<BreakerHandle>) -> Self {
        self.or = Some(breaker.into());
        self
    }

    /// The group.
    pub fn group(&self) -> &'static Group {
        self.group
    }
}

impl<R: Addressed> Select<R> for PerHost {
    fn select(&self, request: &R) -> Option<BreakerHandle> {
        match request.destination() {
            Some(destination) => Some(self.group.breaker(&destination.authority())),
            None => self.or.clone(),
        }
    }
}

/// A breaker, or many: what is [mounted](super::Prefixes::mount).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Guards {
    /// One for all.
    Breaker(BreakerHandle),
    /// One per host.
    PerHost(PerHost),
    /// None: what is guarded elsewhere, or is not to be.
    Nothing,
}

impl<R: Addressed> Select<R> for Guards {
    fn select(&self, request: &R) -> Option<BreakerHandle> {
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

impl From<Arc<CircuitBreaker>> for Guards {
    fn from(breaker: Arc<CircuitBreaker>) -> Self {
        Self::Breaker(breaker.into())
    }
}

impl From<CircuitBreaker> for Guards {
    fn from(breaker: CircuitBreaker) -> Self {
        Self::Breaker(breaker.into())
    }
}

impl From<PerHost> for Guards {
    fn from(hosts: PerHost) -> Self {
        Self::PerHost(hosts)
    }
}
