//! A client whose breaker is one of a fleet's. In real time, since that is what the fleet's thread lives by.

use std::future::ready;
use std::io;
use std::time::{Duration, Instant};

use circuit_runtime::http::CircuitBreakerLayer;
use circuit_runtime::storage::{Fleet, MemoryStorage};
use circuit_runtime::test_util::Isolation;
use circuit_runtime::{CircuitBreaker, Settings, State, configure, registry};
use integration_tests::{isolate_in_real_time, ms, now};
use tower::{Layer, Service, ServiceExt, service_fn};

fn process(storage: &MemoryStorage) -> (&'static CircuitBreaker, Isolation) {
    let isolation = isolate_in_real_time();
    let breaker = registry().get_or_register("db", Settings::new().threshold(1).ttl(ms(100)));
    configure().fleet(Fleet::over(storage.clone()).lease(ms(300))).install().unwrap();
    breaker.sync().wait().unwrap();
    (breaker, isolation)
}

#[test]
fn a_breaker_that_another_process_opened_is_probed_by_calls_of_this_one() {
    let storage = MemoryStorage::new();
    let (other, isolation) = process(&storage);
    drop(isolation);
    let (breaker, _isolation) = process(&storage);
    other.try_acquire().unwrap().failure(&"down");
    other.sync().wait().unwrap();
    breaker.sync().wait().unwrap();
    assert_eq!(breaker.state(), State::Open);
    let begun = Instant::now();
    // Nobody calls until its time is over.
    while breaker.state() == State::Open {
        std::thread::yield_now();
    }
    let mut service =
        CircuitBreakerLayer::new(breaker).layer(service_fn(|(): ()| ready(Ok::<_, io::Error>(()))));
    while now(async { service.ready().await?.call(()).await }).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{breaker}");
        std::thread::sleep(ms(1));
    }
    assert_eq!(breaker.state(), State::Closed);
}
