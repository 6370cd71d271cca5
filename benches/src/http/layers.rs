//! What a layer adds to a service that answers at once.

use std::fmt::Debug;
use std::hint::black_box;

use bytes::Bytes;
use circuit_runtime::http::{
    BoxError, CircuitBreakerLayer, HttpCircuitBreakerLayer, PerHost, Prefixes,
};
use circuit_runtime::{GroupSettings, Rejected, breaker, registry};
use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use tower::{Layer as _, Service};

use super::exchange::{is_whole, send, service};
use super::resilience::{self, DEFAULT, IN_A_ROW, WHO};
use crate::scenario::{Group, Job, Scenario, THIS, UNGUARDED};

pub(super) const REQUEST: Group = Group {
    key: "http-success",
    title: "A request, without a network",
    note: "Through a closed breaker, to a `tower` service that does nothing: a request is made, answered at once, and the body read \
           to its end.",
    sizes: None,
};
pub(super) const REFUSED: Group = Group {
    key: "http-rejection",
    title: "A rejected request, without a network",
    note: "Through an open breaker; compared with the request that is not made.",
    sizes: None,
};

pub(super) const URL: &str = "http://api.example.com/v1/users";
const WITH_PORT: &str = "http://api.example.com:8080/v1/users";
/// Of a host that is [`DOWN`](super::exchange::DOWN).
const FAILING: &str = "http://down-api.example.com/v1/users";

pub(crate) fn scenarios() -> Vec<Scenario> {
    let mut all = vec![
        answered(UNGUARDED, "", URL, service),
        answered(THIS, "`CircuitBreakerLayer`", URL, || {
            CircuitBreakerLayer::new(breaker!("benches/layer", threshold = 5)).layer(service())
        }),
        answered(THIS, "`HttpCircuitBreakerLayer`", URL, || {
            HttpCircuitBreakerLayer::new(breaker!("benches/http", threshold = 5)).layer(service())
        }),
        answered(THIS, "`HttpCircuitBreakerLayer`, `watch_bodies`", URL, || {
            let breaker = breaker!("benches/watched", threshold = 5);
            HttpCircuitBreakerLayer::new(breaker).watch_bodies().layer(service())
        }),
        answered(THIS, "`HttpCircuitBreakerLayer`, `PerHost`", URL, || {
            HttpCircuitBreakerLayer::by(per_host("benches/hosts")).layer(service())
        }),
        answered(
            THIS,
            "`HttpCircuitBreakerLayer`, `PerHost`, a URL with a port",
            WITH_PORT,
            || HttpCircuitBreakerLayer::by(per_host("benches/ports")).layer(service()),
        ),
        answered(THIS, "`HttpCircuitBreakerLayer`, `Prefixes`", URL, || {
            HttpCircuitBreakerLayer::by(prefixes("http://api.example.com")).layer(service())
        }),
        answered(WHO, IN_A_ROW, URL, || {
            resilience::layer(resilience::builder().consecutive_failures(5)).layer(service())
        }),
        answered(WHO, DEFAULT, URL, || resilience::layer(resilience::builder()).layer(service())),
    ];
    all.extend(rejections());
    all
}

fn rejections() -> [Scenario; 5] {
    [
        Scenario::new(&REFUSED, UNGUARDED, "", || Requests { service: service(), uri: uri(URL) }),
        refused(THIS, "`CircuitBreakerLayer`", is_rejection, || {
            let breaker = breaker!("benches/layer-open", threshold = 1, ttl = "30d");
            breaker.open();
            CircuitBreakerLayer::new(breaker).layer(service())
        }),
        refused(THIS, "`HttpCircuitBreakerLayer`", is_rejection, || {
            let breaker = breaker!("benches/http-open", threshold = 1, ttl = "30d");
            HttpCircuitBreakerLayer::new(breaker).layer(service())
        }),
        refused(THIS, "`HttpCircuitBreakerLayer`, `PerHost`", is_rejection, || {
            HttpCircuitBreakerLayer::by(per_host("benches/hosts-open")).layer(service())
        }),
        refused(WHO, IN_A_ROW, resilience::is_rejection, || {
            resilience::layer(resilience::builder().consecutive_failures(1)).layer(service())
        }),
    ]
}

pub(super) fn per_host(group: &str) -> PerHost {
    PerHost::of(registry().group(group, GroupSettings::new()))
}

/// Three, of which the second is `of_all`'s.
pub(super) fn prefixes(of_all: &str) -> Prefixes {
    let reports = breaker!("benches/prefix-reports", threshold = 5);
    Prefixes::new()
        .mount(&format!("{of_all}/v1/reports"), reports)
        .and_then(|some| some.mount(of_all, breaker!("benches/prefix", threshold = 5)))
        .and_then(|some| some.mount("https://", breaker!("benches/prefix-others", threshold = 5)))
        .expect("they are prefixes")
}

fn uri(of: &'static str) -> Uri {
    Uri::from_static(of)
}

fn answered<S, B>(
    who: &'static str,
    what: &str,
    url: &'static str,
    make: impl Fn() -> S + 'static,
) -> Scenario
where
    S: Service<Request<()>, Response = Response<B>, Error: Debug> + 'static,
    B: BodyExt<Data = Bytes> + Unpin,
{
    Scenario::new(&REQUEST, who, what, move || Requests { service: make(), uri: uri(url) })
}

struct Requests<S> {
    service: S,
    uri: Uri,
}

impl<S, B> Job for Requests<S>
where
    S: Service<Request<()>, Response = Response<B>, Error: Debug>,
    B: BodyExt<Data = Bytes> + Unpin,
{
    fn run(&mut self, calls: u64) {
        answer(&mut self.service, &self.uri, calls);
    }
}

/// So many requests, each of which must be answered.
pub(super) fn answer<S, B>(service: &mut S, uri: &Uri, calls: u64)
where
    S: Service<Request<()>, Response = Response<B>, Error: Debug>,
    B: BodyExt<Data = Bytes> + Unpin,
{
    for _ in 0..calls {
        let response = send(service, black_box(uri)).expect("it is answered");
        assert!(black_box(is_whole(response.into_body())));
    }
}

/// `make` may leave it to the first requests, which fail, to open the breaker.
fn refused<S>(
    who: &'static str,
    what: &str,
    is_rejection: fn(&S::Error) -> bool,
    make: impl Fn() -> S + 'static,
) -> Scenario
where
    S: Service<Request<()>> + 'static,
{
    Scenario::new(&REFUSED, who, what, move || {
        let mut service = make();
        let uri = uri(FAILING);
        let opened = (0..10).any(|_| send(&mut service, &uri).is_err());
        assert!(opened, "the breaker is open");
        Refused { service, uri, is_rejection }
    })
}

struct Refused<S: Service<Request<()>>> {
    service: S,
    uri: Uri,
    is_rejection: fn(&S::Error) -> bool,
}

impl<S: Service<Request<()>>> Job for Refused<S> {
    fn run(&mut self, calls: u64) {
        for _ in 0..calls {
            let answer = send(&mut self.service, black_box(&self.uri));
            assert!(black_box(answer).is_err_and(|error| (self.is_rejection)(&error)));
        }
    }
}

fn is_rejection(error: &BoxError) -> bool {
    error.is::<Rejected>()
}
