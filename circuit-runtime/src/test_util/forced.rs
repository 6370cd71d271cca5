//! A breaker in a state that it would have to be brought into.

use crate::breaker::{Before, CircuitBreaker};
use crate::machine::State;

/// Brings `breaker` into `state`, as [`open`](CircuitBreaker::open), [`half_open`](CircuitBreaker::half_open) or
/// [`close`](CircuitBreaker::close) do. When the guard is dropped, what it was before is restored: the state, failures in a
/// row and what they said, the time left open (with `jitter`, drawn anew), the last trip.
///
/// A window begins anew, and outcomes of calls begun before count for nothing; transitions and times in state go on counting.
/// Meanwhile the breaker is one like any other: open, it lets a probe in after its `ttl`. One that never does is in
/// [`Mode::ForcedOpen`](crate::Mode::ForcedOpen). Guards of one breaker are dropped in the reverse order, as local variables are.
///
/// ```
/// use circuit_runtime::test_util::force;
/// use circuit_runtime::{CircuitBreaker, Settings, State};
///
/// let breaker = CircuitBreaker::new("db", Settings::new())?;
/// breaker.try_acquire()?.failure(&"down");
/// {
///     let _forced = force(&breaker, State::Open);
///     assert!(breaker.try_acquire().is_err());
/// }
/// assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn force(breaker: &CircuitBreaker, state: State) -> Forced<'_> {
    let before = breaker.before();
    match state {
        State::Closed => breaker.close(),
        State::Open => breaker.open(),
        State::HalfOpen => breaker.half_open(),
    }
    Forced { breaker, before: Some(before) }
}

/// Restores, when it is dropped, what a breaker was before [`force`].
#[must_use = "dropped at once, it restores at once"]
#[derive(Debug)]
pub struct Forced<'a> {
    breaker: &'a CircuitBreaker,
    before: Option<Before>,
}

impl Drop for Forced<'_> {
    fn drop(&mut self) {
        if let Some(before) = self.before.take() {
            self.breaker.restore(before);
        }
    }
}
