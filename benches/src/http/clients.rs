//! What a breaker adds to a client's request on the loopback interface.

use std::fmt::Debug;
use std::net::SocketAddr;
use std::rc::Rc;

use bytes::Bytes;
use circuit_runtime::breaker;
use circuit_runtime::http::{
    CircuitBreakerLayer, CircuitBreakerMiddleware, HttpCircuitBreakerLayer, HttpStatus, Verdict,
};
use http::{Method, Request, Response, Uri};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use reqwest::Url;
use reqwest_middleware::ClientBuilder;
use tokio::runtime::Runtime;
use tower::{Layer as _, Service, ServiceExt as _};

use super::layers::{per_host, prefixes};
use super::resilience::{self, IN_A_ROW, WHO};
use super::server::{BODY, PATH, runtime};
use crate::scenario::{Group, Job, Scenario, THIS, UNGUARDED};

pub(super) const HYPER: Group =
    Group { key: "hyper-util", title: "`hyper-util`", note: "", sizes: None };
pub(super) const REQWEST: Group =
    Group { key: "reqwest", title: "`reqwest`", note: "", sizes: None };

/// The unguarded client once more: what it differs by is noise.
pub(super) const AGAIN: &str = "the same once more";
/// What every middleware pays, whatever it does.
pub(super) const CHAIN: &str = "`reqwest_middleware`, nothing in it";

/// Where the clients are, and where they send their requests.
#[derive(Clone)]
pub(super) struct Site {
    runtime: Rc<Runtime>,
    /// `http://127.0.0.1:8080`
    origin: String,
}

impl Site {
    pub(super) fn with(server: SocketAddr) -> Self {
        Self { runtime: Rc::new(runtime()), origin: format!("http://{server}") }
    }

    pub(super) fn scenarios(&self) -> Vec<Scenario> {
        [self.of_hyper(), self.of_reqwest(), self.of_middleware()].into_iter().flatten().collect()
    }

    fn of_hyper(&self) -> Vec<Scenario> {
        vec![
            self.hyper(UNGUARDED, "", client),
            self.hyper(UNGUARDED, AGAIN, client),
            self.hyper(THIS, "`HttpCircuitBreakerLayer`", || {
                let breaker = breaker!("benches/hyper", threshold = 5);
                HttpCircuitBreakerLayer::new(breaker).layer(client())
            }),
            self.hyper(THIS, "`HttpCircuitBreakerLayer`, `watch_bodies`", || {
                let breaker = breaker!("benches/hyper-watched", threshold = 5);
                HttpCircuitBreakerLayer::new(breaker).watch_bodies().layer(client())
            }),
            self.hyper(THIS, "`HttpCircuitBreakerLayer`, `PerHost`", || {
                HttpCircuitBreakerLayer::by(per_host("benches/hyper-hosts")).layer(client())
            }),
            self.hyper(WHO, IN_A_ROW, || {
                resilience::layer(resilience::builder().consecutive_failures(5)).layer(client())
            }),
        ]
    }

    fn of_reqwest(&self) -> Vec<Scenario> {
        vec![
            self.reqwest(UNGUARDED, "", reqwest_client),
            self.reqwest(UNGUARDED, AGAIN, reqwest_client),
            self.reqwest(THIS, "`CircuitBreakerLayer`, 5xx too", || {
                let breaker = breaker!("benches/reqwest-layer", threshold = 5);
                CircuitBreakerLayer::new(breaker).classify(judge).layer(reqwest_client())
            }),
            self.reqwest(WHO, IN_A_ROW, || {
                let layer = resilience::layer(resilience::builder().consecutive_failures(5));
                layer.layer(reqwest_client())
            }),
        ]
    }

    fn of_middleware(&self) -> Vec<Scenario> {
        let origin = self.origin.clone();
        vec![
            self.chain(UNGUARDED, CHAIN, |chain| chain),
            self.chain(THIS, "`CircuitBreakerMiddleware`", |chain| {
                let breaker = breaker!("benches/reqwest", threshold = 5);
                chain.with(CircuitBreakerMiddleware::new(breaker))
            }),
            self.chain(THIS, "`CircuitBreakerMiddleware`, `watch_bodies`", |chain| {
                let breaker = breaker!("benches/reqwest-watched", threshold = 5);
                chain.with(CircuitBreakerMiddleware::new(breaker).watch_bodies())
            }),
            self.chain(THIS, "`CircuitBreakerMiddleware`, `PerHost`", |chain| {
                chain.with(CircuitBreakerMiddleware::by(per_host("benches/reqwest-hosts")))
            }),
            self.chain(THIS, "`CircuitBreakerMiddleware`, `Prefixes`", move |chain| {
                chain.with(CircuitBreakerMiddleware::by(prefixes(&origin)))
            }),
        ]
    }

    fn hyper<S, B>(&self, who: &'static str, what: &str, make: impl Fn() -> S + 'static) -> Scenario
    where
        S: Service<Request<Empty<Bytes>>, Response = Response<B>, Error: Debug> + 'static,
        B: BodyExt<Data = Bytes, Error: Debug> + 'static,
    {
        let site = self.clone();
        let uri: Uri = self.url().parse().expect("it is one");
        Scenario::new(&HYPER, who, what, move || {
            let (mut service, uri) = (make(), uri.clone());
            site.running(async move || {
                let mut request = Request::new(Empty::new());
                *request.uri_mut() = uri.clone();
                let ready = service.ready().await.expect("it is there");
                let response = ready.call(request).await.expect("it is answered");
                let body = response.into_body().collect().await.expect("it is whole");
                assert_eq!(body.to_bytes(), BODY);
            })
        })
    }

    fn reqwest<S>(&self, who: &'static str, what: &str, make: impl Fn() -> S + 'static) -> Scenario
    where
        S: Service<reqwest::Request, Response = reqwest::Response, Error: Debug> + 'static,
    {
        let (site, url) = (self.clone(), self.parsed());
        Scenario::new(&REQWEST, who, what, move || {
            let (mut service, url) = (make(), url.clone());
            site.running(async move || {
                let ready = service.ready().await.expect("it is there");
                let request = reqwest::Request::new(Method::GET, url.clone());
                let response = ready.call(request).await.expect("it is answered");
                assert_eq!(response.bytes().await.expect("it is whole"), BODY);
            })
        })
    }

    fn chain(
        &self,
        who: &'static str,
        what: &str,
        fill: impl Fn(ClientBuilder) -> ClientBuilder + 'static,
    ) -> Scenario {
        let (site, url) = (self.clone(), self.parsed());
        Scenario::new(&REQWEST, who, what, move || {
            let client = fill(ClientBuilder::new(reqwest_client())).build();
            let url = url.clone();
            site.running(async move || {
                let request = reqwest::Request::new(Method::GET, url.clone());
                let response = client.execute(request).await.expect("it is answered");
                assert_eq!(response.bytes().await.expect("it is whole"), BODY);
            })
        })
    }

    fn running<F: AsyncFnMut() + 'static>(&self, request: F) -> Requests<F> {
        Requests { runtime: Rc::clone(&self.runtime), request }
    }

    fn url(&self) -> String {
        format!("{}{PATH}", self.origin)
    }

    fn parsed(&self) -> Url {
        self.url().parse().expect("it is one")
    }
}

/// One request after the other.
struct Requests<F> {
    runtime: Rc<Runtime>,
    request: F,
}

impl<F: AsyncFnMut()> Job for Requests<F> {
    /// Whoever comes after another kind of client is to find its own code in the cache, as who comes after its like does.
    fn prepare(&mut self, _: u64) {
        const WARMING: u64 = 16;
        self.run(WARMING);
    }

    fn run(&mut self, calls: u64) {
        self.runtime.block_on(async {
            for _ in 0..calls {
                (self.request)().await;
            }
        });
    }
}

fn client() -> HyperClient<HttpConnector, Empty<Bytes>> {
    let mut connector = HttpConnector::new();
    // As `reqwest` has it.
    connector.set_nodelay(true);
    HyperClient::builder(TokioExecutor::new()).build(connector)
}

/// Whatever the environment says of proxies.
fn reqwest_client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("nothing is asked of it")
}

fn judge(result: &Result<reqwest::Response, reqwest::Error>) -> Verdict {
    result.as_ref().map_or(Verdict::Failure, |response| HttpStatus::judge(response.status()))
}
