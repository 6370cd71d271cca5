//! How to test code that is guarded: each test with breakers of its own, and time that it moves.
//!
//! `cargo test --example testing --features test-util` runs the tests, `cargo run` the functions that they are.

use std::time::Duration;

use circuit_runtime::test_util::{ManualClock, force, isolate, isolate_by, record};
use circuit_runtime::{Rejected, State, breaker, circuit_breaker, registry};

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("the service answers {0}")]
    Status(u16),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "api", threshold = 3, ttl = "30s")]
fn fetch(status: u16) -> Result<u16, ApiError> {
    if status < 500 { Ok(status) } else { Err(ApiError::Status(status)) }
}

#[circuit_breaker(name = "api")]
async fn fetch_later(status: u16) -> Result<u16, ApiError> {
    fetch_raw(status).await
}

async fn fetch_raw(status: u16) -> Result<u16, ApiError> {
    tokio::time::sleep(Duration::from_secs(1)).await;
    if status < 500 { Ok(status) } else { Err(ApiError::Status(status)) }
}

/// What the service shows while the breaker is open.
fn page() -> String {
    match fetch(200) {
        Ok(status) => format!("fresh: {status}"),
        Err(ApiError::Rejected(_)) => "from the cache".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[cfg_attr(test, test)]
fn opens_after_three_failures_and_closes_by_a_probe() {
    let test = isolate();
    let recorder = record(breaker!("api"));
    (0..3).for_each(|_| assert!(matches!(fetch(503), Err(ApiError::Status(503)))));
    assert!(matches!(fetch(200), Err(ApiError::Rejected(_))));

    test.advance(Duration::from_secs(30));
    assert_eq!(fetch(200).expect("a probe"), 200);
    let changes = recorder.take_state_changes();
    assert_eq!(changes, ["closed to open", "open to half-open", "half-open to closed"]);
}

#[cfg_attr(test, test)]
fn shows_the_cache_while_open() {
    let _test = isolate();
    assert_eq!(page(), "fresh: 200");
    {
        let _forced = force(breaker!("api"), State::Open);
        assert_eq!(page(), "from the cache");
    }
    assert_eq!(page(), "fresh: 200");
}

#[cfg_attr(test, test)]
fn keeps_the_paused_time_of_tokio() {
    let mut paused = tokio::runtime::Builder::new_current_thread();
    let paused = paused.enable_time().start_paused(true).build().expect("a runtime");
    paused.block_on(async {
        let start = tokio::time::Instant::now();
        let _test = isolate_by(&ManualClock::following(move || start.elapsed()));
        for _ in 0..3 {
            assert!(fetch_later(503).await.is_err());
        }
        tokio::time::sleep(Duration::from_secs(30)).await;
        assert_eq!(fetch_later(200).await.expect("a probe"), 200);
    });
}

/// One for every program.
#[cfg_attr(test, test)]
fn the_declarations_agree() {
    registry().verify().expect("no contradictions");
}

fn main() {
    opens_after_three_failures_and_closes_by_a_probe();
    shows_the_cache_while_open();
    keeps_the_paused_time_of_tokio();
    the_declarations_agree();
    println!("four tests passed, a minute of time without waiting for it");
}
