//! One client, and many hosts.

use std::fmt::Debug;

use bytes::Bytes;
use circuit_runtime::http::{BoxError, GuardedBody, HttpCircuitBreakerLayer, PerHost};
use circuit_runtime::{Group, GroupSettings, Rejected, Settings, State, registry};
use http::{Request, Response, Uri};
use http_body_util::Full;
use tower::{Layer as _, Service};

use super::exchange::{DOWN, is_whole, send, service};

/// How often a host is asked that is down, at most, until its breaker is open.
const TRIES: usize = 100;

/// A name that counts against no one's memory when it is used.
pub(super) fn host(is_down: bool, number: usize) -> Uri {
    let prefix = if is_down { DOWN } else { "" };
    Uri::from_static(format!("http://{prefix}host-{number:06}.example.com/").leak())
}

/// A group of its own in each process.
pub(super) fn group(at_most: usize) -> &'static Group {
    let each = Settings::new().threshold(5);
    registry().group("benches/crawler", GroupSettings::new().each(each).at_most(at_most))
}

pub(super) trait Client:
    Service<Request<()>, Response = Response<GuardedBody<Full<Bytes>>>, Error = BoxError>
{
}

impl<S> Client for S where
    S: Service<Request<()>, Response = Response<GuardedBody<Full<Bytes>>>, Error = BoxError>
{
}

pub(super) fn client(group: &'static Group) -> impl Client + Clone + Send {
    HttpCircuitBreakerLayer::by(PerHost::of(group)).layer(service())
}

/// One request, which is answered.
pub(super) fn ask(client: &mut impl Client, host: &Uri) {
    let response = send(client, host).expect("it is answered");
    assert!(is_whole(response.into_body()));
}

/// As many as it takes, if the host is down, until it is known to be.
pub(super) fn visit(client: &mut impl Client, host: &Uri) {
    if is_down(host) {
        assert!((0..TRIES).any(|_| is_rejected(client, host)), "its breaker opens");
    } else {
        ask(client, host);
    }
}

pub(super) fn is_rejected(client: &mut impl Client, host: &Uri) -> bool {
    send(client, host).is_err_and(|error| error.is::<Rejected>())
}

pub(super) fn is_down(host: &Uri) -> bool {
    host.host().is_some_and(|host| host.starts_with(DOWN))
}

/// Whether the group still knows that this host is down.
pub(super) fn is_open(group: &Group, host: &Uri) -> bool {
    let breaker = host.host().and_then(|host| group.get(host));
    breaker.is_some_and(|breaker| breaker.state() == State::Open)
}

/// What a process says of itself, for the one that has started it.
pub(super) fn say(numbers: &[impl Debug]) {
    let cells: Vec<String> = numbers.iter().map(|number| format!("{number:?}")).collect();
    println!("{}", cells.join("\t"));
}
