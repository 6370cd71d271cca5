//! What the tests share.

pub mod browser;
pub mod prometheus_server;
pub mod redis_server;
mod starting;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use circuit_runtime::test_util::{Isolation, ManualClock, isolate_by};
use circuit_runtime::{CircuitBreaker, Permit, Rejected, Settings};

/// How long the tests' breakers stay open.
pub const TTL: Duration = Duration::from_secs(60);

/// So many milliseconds.
pub const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Breakers of the test's own, in real time: what a fleet's thread lives by.
pub fn isolate_in_real_time() -> Isolation {
    let start = Instant::now();
    isolate_by(&ManualClock::following(move || start.elapsed()))
}

/// Takes over the breaker's time.
pub fn clock_of(breaker: &CircuitBreaker) -> ManualClock {
    let clock = ManualClock::new();
    breaker.set_clock(&clock);
    clock
}

/// A breaker of the test's own, with its clock.
///
/// # Panics
///
/// If the settings are out of range.
pub fn owned(settings: Settings) -> (CircuitBreaker, ManualClock) {
    let breaker = CircuitBreaker::new("owned", settings).unwrap();
    let clock = clock_of(&breaker);
    (breaker, clock)
}

/// The right to make a call that the breaker lets through.
///
/// # Panics
///
/// If it rejects the call.
pub fn permit(breaker: &CircuitBreaker) -> Permit<'_> {
    breaker.try_acquire().expect("admitted")
}

/// Makes a call that succeeds.
pub fn succeed(breaker: &CircuitBreaker) {
    permit(breaker).success();
}

/// Makes a call that fails.
pub fn fail(breaker: &CircuitBreaker) {
    permit(breaker).failure(&"down");
}

/// The rejection of a call that the breaker does not let through.
///
/// # Panics
///
/// If it lets the call through.
pub fn rejected(breaker: &CircuitBreaker) -> Rejected {
    breaker.try_acquire().expect_err("rejected")
}

/// Polls a future once, for nobody.
pub fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The output of a future that waits for nothing.
///
/// # Panics
///
/// If it waits.
pub fn now<F: Future>(future: F) -> F::Output {
    match poll(pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits"),
    }
}

/// Runs a test that waits for ever where its promise is broken: then it fails.
///
/// # Panics
///
/// If it takes a minute, or panics.
pub fn without_deadlock(test: impl FnOnce() + Send + 'static) {
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
///
/// # Panics
///
/// If it does not.
pub fn panic_of<T>(f: impl FnOnce() -> T) -> String {
    let Err(payload) = catch_unwind(AssertUnwindSafe(f)) else { panic!("it did not panic") };
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => (*payload.downcast::<&str>().expect("a text")).to_owned(),
    }
}
