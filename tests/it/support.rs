//! What the tests share.

use std::cell::RefCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use circuit_runtime::test_util::ManualClock;
use circuit_runtime::{Calls, CircuitBreaker, Permit, Rejected, Settings};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("down {0}")]
    Down(u32),
    #[error("refused: {0}")]
    Refused(#[from] Rejected),
}

pub(crate) type Answer = Result<u32, Fault>;

pub(crate) const fn down(n: u32) -> Answer {
    Err(Fault::Down(n))
}

/// (success, failure, excluded, ignored, cancelled, rejected)
pub(crate) fn calls(breaker: &CircuitBreaker) -> [u64; 6] {
    let Calls { success, failure, excluded, ignored, cancelled, rejected, .. } =
        breaker.snapshot().calls;
    [success, failure, excluded, ignored, cancelled, rejected]
}

pub(crate) const SUCCESS: [u64; 6] = [1, 0, 0, 0, 0, 0];
pub(crate) const FAILURE: [u64; 6] = [0, 1, 0, 0, 0, 0];
pub(crate) const CANCELLED: [u64; 6] = [0, 0, 0, 0, 1, 0];
pub(crate) const REJECTED: [u64; 6] = [0, 0, 0, 0, 0, 1];

/// Writes its name down when it is dropped.
pub(crate) struct Noisy<'l>(pub(crate) &'static str, pub(crate) &'l RefCell<Vec<&'static str>>);

impl Drop for Noisy<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

pub(crate) const TTL: Duration = Duration::from_secs(60);

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Takes over the breaker's time.
pub(crate) fn clock_of(breaker: &CircuitBreaker) -> ManualClock {
    let clock = ManualClock::new();
    breaker.set_clock(&clock);
    clock
}

/// A breaker of the test's own, with its clock.
pub(crate) fn owned(settings: Settings) -> (CircuitBreaker, ManualClock) {
    let breaker = CircuitBreaker::new("owned", settings).unwrap();
    let clock = clock_of(&breaker);
    (breaker, clock)
}

/// As [`owned`], tripped by its first failure, with its `ttl` of [`TTL`] over: the next call is a probe.
pub(crate) fn probeable(settings: Settings) -> (CircuitBreaker, ManualClock) {
    let (breaker, clock) = owned(settings.threshold(1).ttl(TTL));
    fail(&breaker);
    clock.advance(TTL);
    (breaker, clock)
}

pub(crate) fn permit(breaker: &CircuitBreaker) -> Permit<'_> {
    breaker.try_acquire().expect("admitted")
}

pub(crate) fn succeed(breaker: &CircuitBreaker) {
    permit(breaker).success();
}

pub(crate) fn fail(breaker: &CircuitBreaker) {
    permit(breaker).failure(&"down");
}

pub(crate) fn rejected(breaker: &CircuitBreaker) -> Rejected {
    breaker.try_acquire().expect_err("rejected")
}

pub(crate) fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The output of a future that waits for nothing.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match poll(pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits"),
    }
}

/// Runs a test that waits for ever where its promise is broken: then it fails.
pub(crate) fn without_deadlock(test: impl FnOnce() + Send + 'static) {
    let (running, ended) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        let _running = running;
        test();
    });
    let waited = ended.recv_timeout(Duration::from_secs(60));
    assert!(waited != Err(RecvTimeoutError::Timeout), "it waits for a lock that it holds itself");
    if let Err(payload) = thread.join() {
        resume_unwind(payload);
    }
}

/// What `f` panics with.
pub(crate) fn panic_of<T>(f: impl FnOnce() -> T) -> String {
    let Err(payload) = catch_unwind(AssertUnwindSafe(f)) else { panic!("it did not panic") };
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => (*payload.downcast::<&str>().expect("a text")).to_owned(),
    }
}
