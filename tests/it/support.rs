//! What the promises' tests share.

use std::cell::RefCell;

use circuit_runtime::test_util::ManualClock;
use circuit_runtime::{Calls, CircuitBreaker, Rejected, Settings};

pub(crate) use integration_tests::{
    TTL, clock_of, fail, ms, now, owned, panic_of, permit, poll, rejected, succeed,
    without_deadlock,
};

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

/// As [`owned`], tripped by its first failure, with its `ttl` of [`TTL`] over: the next call is a probe.
pub(crate) fn probeable(settings: Settings) -> (CircuitBreaker, ManualClock) {
    let (breaker, clock) = owned(settings.threshold(1).ttl(TTL));
    fail(&breaker);
    clock.advance(TTL);
    (breaker, clock)
}
