//! What looking costs: `cargo test --release -p integration-tests --test ops -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::Response;
use circuit_runtime::ops::Ops;
use circuit_runtime::test_util::isolate;
use circuit_runtime::{CircuitBreaker, Settings, registry};
use futures_util::StreamExt;
use integration_tests::succeed;

use crate::support::{get, text_of};

const BREAKERS: usize = 1_000;
const ROUNDS: u32 = 50;

async fn watching(router: &Router) -> BodyDataStream {
    let mut stream = get(router, "/stream").await.into_body().into_data_stream();
    // Its greeting, and all breakers.
    for _ in 0..2 {
        stream.next().await.unwrap().unwrap();
    }
    stream
}

/// How long it takes until all who watch are sent the next message, and how long that is.
async fn round(streams: &mut [BodyDataStream]) -> (Duration, usize) {
    let begun = Instant::now();
    let mut bytes = 0;
    for stream in streams {
        bytes += stream.next().await.unwrap().unwrap().len();
    }
    (begun.elapsed(), bytes)
}

async fn measure(what: &str, busy: &[&CircuitBreaker], watchers: usize) {
    let router = Ops::new().at_most_streams(watchers).router();
    let mut streams = Vec::new();
    for _ in 0..watchers {
        streams.push(watching(&router).await);
    }
    let (mut time, mut bytes) = (Duration::ZERO, 0);
    for _ in 0..ROUNDS {
        for breaker in busy {
            succeed(breaker);
        }
        let (taken, sent) = round(&mut streams).await;
        time += taken;
        bytes += sent / watchers;
    }
    println!(
        "{what}, {watchers} watching: {:.2?} a second, {} bytes each",
        time / ROUNDS,
        bytes / 50
    );
}

async fn time_of(what: &str, path: &str, answer: impl AsyncFn(&str) -> Body) {
    let begun = Instant::now();
    let mut bytes = 0;
    for _ in 0..ROUNDS {
        bytes = text_of(Response::new(answer(path).await)).await.len();
    }
    println!("{what}: {:.2?}, {bytes} bytes", begun.elapsed() / ROUNDS);
}

#[tokio::test(start_paused = true)]
#[ignore = "measures, and judges nothing"]
async fn a_thousand_breakers() {
    let _isolation = isolate();
    let settings = Settings::new();
    let make = |number| registry().get_or_register(&format!("service-{number}.internal"), settings);
    let breakers: Vec<_> = (0..BREAKERS).map(make).collect();
    for breaker in &breakers {
        (0..1_000).for_each(|_| succeed(breaker));
    }
    for watchers in [1, 32] {
        measure("all busy", &breakers, watchers).await;
        measure("one in ten busy", &breakers[..BREAKERS / 10], watchers).await;
        measure("one busy", &breakers[..1], watchers).await;
    }
    let router = Ops::new().router();
    let answer = async |path: &str| get(&router, path).await.into_body();
    time_of("GET breakers", "/breakers", &answer).await;
    time_of("GET /", "/", &answer).await;
    time_of("GET breakers/{name}", "/breakers/service-500.internal", &answer).await;
    time_of("GET breakers/{name}, unknown", "/breakers/service-500.internel", &answer).await;
}
