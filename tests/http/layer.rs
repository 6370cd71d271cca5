//! What the end of a call counts as, whatever the service.

use std::future::{Future, Ready, pending, ready};
use std::io;
use std::pin::pin;
use std::task::{Context, Poll};

use circuit_runtime::http::{BoxError, CircuitBreakerLayer, CircuitBreakerService, Verdict};
use circuit_runtime::test_util::ManualClock;
use circuit_runtime::{
    BreakerHandle, Calls, CircuitBreaker, Rejected, Rule, Settings, State, bypass_async,
};
use integration_tests::{TTL, ms, now, owned, panic_of, poll};
use tower::{Layer, Service, service_fn};

pub(crate) type Result<T> = std::result::Result<T, io::Error>;

/// A breaker of the test's own that the first failure trips, with its clock.
pub(crate) fn breaker() -> (BreakerHandle, ManualClock) {
    breaker_with(Settings::new())
}

pub(crate) fn breaker_with(settings: Settings) -> (BreakerHandle, ManualClock) {
    let (breaker, clock) = owned(settings.threshold(1).ttl(TTL));
    (breaker.into(), clock)
}

/// (success, failure, excluded, ignored, cancelled, rejected)
pub(crate) fn calls(breaker: &CircuitBreaker) -> [u64; 6] {
    let Calls { success, failure, excluded, ignored, cancelled, rejected, .. } =
        breaker.snapshot().calls;
    [success, failure, excluded, ignored, cancelled, rejected]
}

/// Does what its request says.
#[derive(Clone, Copy)]
enum Do {
    Return(u8),
    Fail,
    Hang,
    PanicAtOnce,
    PanicLater,
}

#[derive(Clone)]
struct Obedient;

impl Service<Do> for Obedient {
    type Response = u8;
    type Error = io::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<u8>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Do) -> Self::Future {
        assert!(!matches!(request, Do::PanicAtOnce), "at once");
        Box::pin(async move {
            match request {
                Do::Return(value) => Ok(value),
                Do::Fail => Err(io::Error::other("down")),
                Do::Hang => pending().await,
                Do::PanicAtOnce | Do::PanicLater => panic!("later"),
            }
        })
    }
}

fn call<S, R>(service: &mut S, request: R) -> std::result::Result<S::Response, S::Error>
where
    S: Service<R, Error: std::fmt::Debug>,
{
    get_ready(service);
    now(service.call(request))
}

fn get_ready<S: Service<R>, R>(service: &mut S) {
    let mut context = Context::from_waker(std::task::Waker::noop());
    let ready = service.poll_ready(&mut context);
    assert!(matches!(ready, Poll::Ready(Ok(()))), "it is not ready");
}

fn rejection(error: &BoxError) -> &Rejected {
    error.downcast_ref::<Rejected>().expect("a rejection")
}

#[test]
fn an_error_is_a_failure_and_a_rejection_is_an_error_that_can_be_told() {
    let (breaker, clock) = breaker();
    let mut service = CircuitBreakerLayer::new(breaker.clone()).layer(Obedient);
    assert_eq!(call(&mut service, Do::Return(7)).unwrap(), 7);
    assert_eq!(call(&mut service, Do::Fail).unwrap_err().to_string(), "down", "its own error");
    let error = call(&mut service, Do::Return(7)).unwrap_err();
    assert_eq!((rejection(&error).name(), rejection(&error).state()), ("owned", State::Open));
    assert_eq!(Rejected::find_in(&*error).unwrap().retry_after(), rejection(&error).retry_after());
    assert_eq!(breaker.last_trip().unwrap().last_failures, ["down"]);
    clock.advance(TTL);
    assert_eq!(call(&mut service, Do::Return(7)).unwrap(), 7);
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(calls(&breaker), [2, 1, 0, 0, 0, 1]);
}

#[test]
fn a_classifier_says_what_the_end_of_a_call_counts_as() {
    let (breaker, _) = breaker_with(Settings::new());
    let mut service = CircuitBreakerLayer::new(breaker.clone())
        .classify(|result: &Result<u8>| match result {
            Ok(1) => Verdict::Excluded,
            Ok(2) | Err(_) => Verdict::Ignored,
            Ok(3) => Verdict::Failure,
            Ok(_) => Verdict::Success,
        })
        .layer(Obedient);
    for value in [0, 1, 2] {
        assert_eq!(call(&mut service, Do::Return(value)).unwrap(), value);
    }
    call(&mut service, Do::Fail).unwrap_err();
    assert_eq!(calls(&breaker), [1, 0, 1, 2, 0, 0]);
    assert_eq!(call(&mut service, Do::Return(3)).unwrap(), 3, "it is returned all the same");
    let trip = breaker.last_trip().unwrap();
    assert_eq!(trip.last_failures, ["a response that counts as a failure"]);
}

#[test]
fn a_service_that_says_for_how_long_it_will_be_away_opens_the_breaker_for_that_time() {
    let (breaker, clock) = breaker_with(Settings::new());
    breaker.set_threshold(100).unwrap();
    let mut service = CircuitBreakerLayer::new(breaker.clone())
        .classify(|_: &Result<u8>| Verdict::Unavailable { retry_after: ms(7_000) })
        .layer(Obedient);
    call(&mut service, Do::Return(1)).unwrap();
    let trip = breaker.last_trip().unwrap();
    assert_eq!((trip.rule, trip.open_for), (Rule::RetryAfter, ms(7_000)));
    clock.advance(ms(6_990));
    assert_eq!(breaker.state(), State::Open);
    clock.advance(ms(10));
    assert_eq!(breaker.state(), State::HalfOpen);
}

#[test]
fn what_all_breakers_exclude_is_excluded() {
    let (breaker, _) = breaker();
    breaker.exclude::<io::Error>();
    let mut service = CircuitBreakerLayer::new(breaker.clone()).layer(Obedient);
    call(&mut service, Do::Fail).unwrap_err();
    assert_eq!(calls(&breaker), [0, 0, 1, 0, 0, 0]);
}

#[test]
fn the_rejection_of_a_breaker_further_in_counts_as_nothing() {
    let ((outer, _), (inner, _)) = (breaker(), breaker());
    inner.open();
    let service = CircuitBreakerLayer::new(inner).layer(Obedient);
    let mut service = CircuitBreakerLayer::new(outer.clone()).layer(service);
    let error = call(&mut service, Do::Return(1)).unwrap_err();
    assert_eq!(rejection(&error).name(), "owned");
    assert_eq!(calls(&outer), [0, 0, 0, 1, 0, 0]);
}

#[test]
fn a_panic_is_a_failure_wherever_it_comes_from() {
    type Judge = fn(&Result<u8>) -> Verdict;
    let fine: Judge = |_| Verdict::Success;
    let rude: Judge = |_| panic!("rude");
    let panics = [
        (Do::PanicAtOnce, fine, "at once"),
        (Do::PanicLater, fine, "later"),
        (Do::Return(1), rude, "rude"),
    ];
    for (request, judge, message) in panics {
        let (breaker, clock) = breaker();
        let mut service = CircuitBreakerLayer::new(breaker.clone()).classify(judge).layer(Obedient);
        assert_eq!(panic_of(|| call(&mut service, request)), message);
        assert_eq!(calls(&breaker), [0, 1, 0, 0, 0, 0]);
        clock.advance(TTL);
        assert!(breaker.try_acquire().is_ok(), "its probe can be had");
    }
}

#[test]
fn a_response_that_is_dropped_gives_its_permit_back() {
    let (breaker, clock) = breaker();
    let mut service = CircuitBreakerLayer::new(breaker.clone()).layer(Obedient);
    breaker.open();
    clock.advance(TTL);
    for polls in 0..3 {
        get_ready(&mut service);
        let mut response = pin!(Some(service.call(Do::Hang)));
        for _ in 0..polls {
            assert!(poll(response.as_mut().as_pin_mut().unwrap()).is_pending());
        }
        let error = call(&mut service.clone(), Do::Return(1)).unwrap_err();
        assert_eq!(rejection(&error).state(), State::HalfOpen, "the only probe is out");
        response.set(None);
    }
    assert_eq!(call(&mut service, Do::Return(1)).unwrap(), 1);
    assert_eq!(calls(&breaker), [1, 0, 0, 0, 3, 3]);
}

#[test]
fn one_that_is_cancelled_late_is_a_slow_failure() {
    let (breaker, clock) = breaker_with(Settings::new().slow_call(ms(100)));
    let mut service = CircuitBreakerLayer::new(breaker.clone()).layer(Obedient);
    {
        let mut response = pin!(service.call(Do::Hang));
        assert!(poll(response.as_mut()).is_pending());
        clock.advance(ms(200));
    }
    assert_eq!((breaker.snapshot().calls.slow, breaker.state()), (1, State::Open));
}

#[test]
fn a_response_from_an_era_that_is_over_decides_nothing() {
    let (breaker, clock) = breaker();
    let mut service: CircuitBreakerService<_, _, _> = CircuitBreakerLayer::new(breaker.clone())
        .layer(service_fn(|late: bool| async move {
            if late {
                tokio::task::yield_now().await;
            }
            Ok::<_, io::Error>(())
        }));
    let mut late = pin!(service.call(true));
    let _ = poll(late.as_mut());
    breaker.open();
    clock.advance(TTL);
    let mut probe = pin!(service.call(true));
    let _ = poll(probe.as_mut());
    assert!(poll(late.as_mut()).is_ready());
    assert_eq!(breaker.state(), State::HalfOpen, "the late one does not close it");
    assert!(poll(probe.as_mut()).is_ready());
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_call_that_bypasses_is_made_and_not_counted() {
    let (breaker, _) = breaker();
    breaker.open();
    let mut service = CircuitBreakerLayer::new(breaker.clone()).layer(Obedient);
    let bypassing = now(bypass_async(async {
        get_ready(&mut service);
        service.call(Do::Return(1)).await
    }));
    assert_eq!(bypassing.unwrap(), 1);
    assert_eq!(calls(&breaker), [0; 6]);
}

#[test]
fn a_closure_selects_a_breaker_or_none() {
    let ((one, _), (two, _)) = (breaker(), breaker());
    let selected = [one.clone(), two.clone()];
    let by = move |request: &u8| selected.get(usize::from(*request)).cloned();
    let answer: fn(u8) -> Ready<Result<u8>> =
        |request| ready(if request == 1 { Err(io::Error::other("down")) } else { Ok(request) });
    let mut service = CircuitBreakerLayer::by(by).layer(service_fn(answer));
    for request in [0, 1, 2] {
        let _ = call(&mut service, request);
    }
    assert_eq!((calls(&one), calls(&two)), ([1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]));
    assert!(call(&mut service, 1).unwrap_err().is::<Rejected>());
    assert_eq!(call(&mut service, 2).unwrap(), 2, "through none");
}
