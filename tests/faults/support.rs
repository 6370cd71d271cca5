//! What the tests share.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::Barrier;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use circuit_runtime::test_util::ManualClock;
use circuit_runtime::{CircuitBreaker, Permit, Rejected, Settings};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("down")]
    Down,
    #[error("invalid")]
    Invalid,
    #[error(transparent)]
    Refused(#[from] Rejected),
}

pub(crate) type Answer = Result<u32, Fault>;

pub(crate) const TTL: Duration = Duration::from_secs(60);

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Trips at the first failure.
pub(crate) const FRAGILE: Settings = Settings::new().threshold(1).ttl(TTL);

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

/// As [`owned`], open, with its `ttl` of [`TTL`] over: the next call is a probe.
pub(crate) fn probeable(settings: Settings) -> (CircuitBreaker, ManualClock) {
    let (breaker, clock) = owned(settings.ttl(TTL));
    breaker.open();
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

/// The calls of `callers` that are let in while none of them ends.
pub(crate) fn let_in(breaker: &CircuitBreaker, callers: usize) -> Vec<Permit<'_>> {
    (0..callers).filter_map(|_| breaker.try_acquire().ok()).collect()
}

/// How many of so many threads are let in that ask at the same moment, and end when all have asked.
pub(crate) fn let_in_at_once(breaker: &CircuitBreaker, threads: usize) -> usize {
    let (ask, asked) = (Barrier::new(threads), Barrier::new(threads));
    let one = || {
        ask.wait();
        let permit = breaker.try_acquire();
        asked.wait();
        permit.map(Permit::ignore).is_ok()
    };
    thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|one| usize::from(one.join().unwrap())).sum()
    })
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

/// Polls a future that waits, and drops it.
pub(crate) fn cancel<F: Future>(future: F) {
    assert!(poll(pin!(future)).is_pending(), "it has ended");
}

/// Runs a test that waits for ever where its promise is broken: then it fails.
pub(crate) fn without_deadlock(test: impl FnOnce() + Send + 'static) {
    let (running, ended) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        let _running = running;
        test();
    });
    let waited = ended.recv_timeout(Duration::from_secs(60));
    assert!(waited != Err(RecvTimeoutError::Timeout), "it waits for ever");
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
