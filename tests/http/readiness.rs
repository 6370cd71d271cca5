//! Backpressure: what being ready takes, and what becomes of a service that is not.

use std::future::{Ready, ready};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use circuit_runtime::http::CircuitBreakerLayer;
use circuit_runtime::{CircuitBreaker, Mode, Rejected, State};
use integration_tests::{TTL, now};
use tower::{Layer, Service};

use crate::layer::{Result, breaker, calls};

const PENDING: usize = 0;
const READY: usize = 1;
const BROKEN: usize = 2;

/// Ready, or not, as it is told.
#[derive(Clone, Default)]
struct Told {
    readiness: Arc<AtomicUsize>,
    asked: Arc<AtomicUsize>,
    is_ready: bool,
}

impl Told {
    fn that_is(readiness: usize) -> Self {
        let told = Self::default();
        told.readiness.store(readiness, Ordering::Relaxed);
        told
    }
}

impl Service<()> for Told {
    type Response = ();
    type Error = io::Error;
    type Future = Ready<Result<()>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        match self.readiness.load(Ordering::Relaxed) {
            PENDING => Poll::Pending,
            READY => {
                self.is_ready = true;
                Poll::Ready(Ok(()))
            }
            _ => Poll::Ready(Err(io::Error::other("cannot connect"))),
        }
    }

    fn call(&mut self, (): ()) -> Self::Future {
        assert!(std::mem::take(&mut self.is_ready), "called though it is not ready");
        ready(Ok(()))
    }
}

fn poll_ready<S: Service<()>>(service: &mut S) -> Poll<std::result::Result<(), S::Error>> {
    service.poll_ready(&mut Context::from_waker(Waker::noop()))
}

fn is_ready<S: Service<()>>(service: &mut S) -> bool {
    matches!(poll_ready(service), Poll::Ready(Ok(())))
}

#[test]
fn who_is_ready_and_does_not_call_holds_no_probe() {
    let (breaker, clock) = breaker();
    let layer = CircuitBreakerLayer::new(breaker.clone());
    let mut services = [(); 3].map(|()| layer.layer(Told::that_is(READY)));
    breaker.open();
    clock.advance(TTL);
    assert!(services.iter_mut().all(is_ready));
    assert_eq!(calls(&breaker), [0; 6]);
    now(services[2].call(())).unwrap();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_service_that_is_not_ready_keeps_its_callers_waiting_while_closed() {
    let (breaker, _) = breaker();
    let inner = Told::that_is(PENDING);
    let mut service = CircuitBreakerLayer::new(breaker).layer(inner.clone());
    assert!(poll_ready(&mut service).is_pending());
    inner.readiness.store(READY, Ordering::Relaxed);
    assert!(is_ready(&mut service));
    now(service.call(())).unwrap();
}

#[test]
fn an_open_breaker_rejects_without_waiting_for_a_service_that_is_not_ready() {
    let (breaker, _) = breaker();
    let inner = Told::that_is(PENDING);
    let mut service = CircuitBreakerLayer::new(breaker.clone()).layer(inner.clone());
    let by_hand: [fn(&CircuitBreaker); 2] =
        [CircuitBreaker::open, |of| of.set_mode(Mode::ForcedOpen)];
    for open in by_hand {
        breaker.close();
        open(&breaker);
        assert!(is_ready(&mut service));
        let rejected = now(service.call(())).unwrap_err().downcast::<Rejected>().unwrap();
        assert_eq!(rejected.state(), State::Open);
        assert_eq!(rejected.retry_after().is_none(), breaker.mode() == Mode::ForcedOpen);
    }
    assert_eq!((inner.asked.load(Ordering::Relaxed), calls(&breaker)[5]), (0, 2));
}

#[test]
fn a_service_that_was_not_asked_is_not_called_though_the_time_to_probe_has_come() {
    let (breaker, clock) = breaker();
    let mut service = CircuitBreakerLayer::new(breaker.clone()).layer(Told::that_is(READY));
    breaker.open();
    assert!(is_ready(&mut service));
    clock.advance(TTL);
    assert!(now(service.call(())).unwrap_err().is::<Rejected>());
    assert!(is_ready(&mut service));
    now(service.call(())).unwrap();
    assert_eq!(breaker.state(), State::Closed, "the next one probes");
    assert_eq!(calls(&breaker), [1, 0, 0, 0, 0, 1]);
}

#[test]
fn while_all_probes_are_out_others_are_rejected_without_waiting() {
    let (breaker, clock) = breaker();
    breaker.open();
    clock.advance(TTL);
    let probe = breaker.try_acquire_owned().unwrap();
    let mut service = CircuitBreakerLayer::new(breaker.clone()).layer(Told::that_is(PENDING));
    assert!(is_ready(&mut service));
    let rejected = now(service.call(())).unwrap_err().downcast::<Rejected>().unwrap();
    assert_eq!(rejected.state(), State::HalfOpen);
    probe.success();
    assert!(poll_ready(&mut service).is_pending());
}

#[test]
fn a_service_that_cannot_become_ready_has_failed() {
    let (breaker, _) = breaker();
    let mut service = CircuitBreakerLayer::new(breaker.clone()).layer(Told::that_is(BROKEN));
    let Poll::Ready(Err(error)) = poll_ready(&mut service) else { panic!("it cannot connect") };
    assert_eq!(error.to_string(), "cannot connect");
    assert_eq!((breaker.state(), calls(&breaker)), (State::Open, [0, 1, 0, 0, 0, 0]));
    assert_eq!(breaker.last_trip().unwrap().last_failures, ["cannot connect"]);
}

#[test]
fn a_clone_is_asked_itself_whether_it_is_ready() {
    let (breaker, _) = breaker();
    let inner = Told::that_is(READY);
    let mut service = CircuitBreakerLayer::new(breaker.clone()).layer(inner);
    breaker.open();
    assert!(is_ready(&mut service));
    let mut clone = service.clone();
    breaker.close();
    assert!(is_ready(&mut clone));
    now(clone.call(())).unwrap();
}
