//! Requests of two threads through one breaker.

use std::fmt::Debug;

use bytes::Bytes;
use circuit_runtime::breaker;
use circuit_runtime::http::HttpCircuitBreakerLayer;
use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use tower::{Layer as _, Service};

use super::exchange::service;
use super::layers::{URL, answer, per_host, prefixes};
use super::resilience::{self, IN_A_ROW, WHO};
use crate::scenario::{Group, THIS, UNGUARDED};
use crate::threads::Contender;

pub(super) const SHARED: Group = Group {
    key: "http-threads",
    title: "Requests of two threads to one host, without a network",
    note: "Nanoseconds per request of one thread, by the number of threads, which are pinned and have a clone of the service each. In \
           brackets: how much slower than on one thread, beyond what the unguarded service became slower by; 1.0x is perfect.",
    sizes: Some("threads"),
};

pub(super) fn contenders() -> Vec<Contender> {
    let one = HttpCircuitBreakerLayer::new(breaker!("benches/two-threads", threshold = 5));
    let hosts = HttpCircuitBreakerLayer::by(per_host("benches/two-threads-hosts"));
    let mounted = HttpCircuitBreakerLayer::by(prefixes("http://api.example.com"));
    let other = resilience::layer(resilience::builder().consecutive_failures(5));
    vec![
        contender(UNGUARDED, "", service()),
        contender(THIS, "`HttpCircuitBreakerLayer`", one.layer(service())),
        contender(THIS, "`HttpCircuitBreakerLayer`, `PerHost`", hosts.layer(service())),
        contender(THIS, "`HttpCircuitBreakerLayer`, `Prefixes`", mounted.layer(service())),
        contender(WHO, IN_A_ROW, other.layer(service())),
    ]
}

fn contender<S, B>(who: &'static str, what: &'static str, service: S) -> Contender
where
    S: Service<Request<()>, Response = Response<B>, Error: Debug> + Clone + Sync + 'static,
    B: BodyExt<Data = Bytes> + Unpin,
{
    let uri = Uri::from_static(URL);
    Contender::shared(who, what, move |calls| answer(&mut service.clone(), &uri, calls))
}
