//! What the situations share.

use std::future::Future;
use std::pin::pin;
use std::sync::Barrier;
use std::thread;

use circuit_runtime::test_util::ManualClock;
use circuit_runtime::{CircuitBreaker, Permit, Rejected, Settings};

pub(crate) use integration_tests::{
    TTL, clock_of, fail, ms, now, owned, panic_of, permit, poll, rejected, succeed,
    without_deadlock,
};

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

/// Trips at the first failure.
pub(crate) const FRAGILE: Settings = Settings::new().threshold(1).ttl(TTL);

/// As [`owned`], open, with its `ttl` of [`TTL`] over: the next call is a probe.
pub(crate) fn probeable(settings: Settings) -> (CircuitBreaker, ManualClock) {
    let (breaker, clock) = owned(settings.ttl(TTL));
    breaker.open();
    clock.advance(TTL);
    (breaker, clock)
}

/// A call that was begun before the trip, and the probe: of a [`FRAGILE`] breaker that has opened in between.
pub(crate) fn late_and_probe<'b>(
    breaker: &'b CircuitBreaker,
    clock: &ManualClock,
) -> (Permit<'b>, Permit<'b>) {
    let late = permit(breaker);
    fail(breaker);
    clock.advance(TTL);
    (late, permit(breaker))
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

/// Polls a future that waits, and drops it.
pub(crate) fn cancel<F: Future>(future: F) {
    assert!(poll(pin!(future)).is_pending(), "it has ended");
}
