//! Calls without the attribute.

use circuit_runtime::{CallError, CircuitBreaker, breaker};

use crate::calls::{FAILURE, REJECTION, SUCCESS, failing, rejected, succeeding};
use crate::scenario::{Scenario, THIS};
use crate::work::{Answer, Fault, work};

const CALL: &str = "in a row, `call`";
const ACQUIRE: &str = "in a row, `try_acquire`";

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        succeeding(&SUCCESS, THIS, CALL, || |n| call(closed(), n)),
        succeeding(&SUCCESS, THIS, ACQUIRE, || |n| in_two_steps(closed(), n)),
        failing(&FAILURE, THIS, CALL, || |n| call(far(), n)),
        failing(&FAILURE, THIS, ACQUIRE, || |n| in_two_steps(far(), n)),
        rejected(&REJECTION, THIS, ACQUIRE, || {
            open().open();
            |n| in_two_steps(open(), n)
        }),
    ]
}

fn closed() -> &'static CircuitBreaker {
    breaker!("benches/by-hand", threshold = 5)
}

fn far() -> &'static CircuitBreaker {
    breaker!("benches/by-hand-far", threshold = 4_000_000_000)
}

fn open() -> &'static CircuitBreaker {
    breaker!("benches/by-hand-open", ttl = "30d")
}

#[expect(clippy::inline_always, reason = "like everyone's")]
#[inline(always)]
pub(super) fn call(breaker: &CircuitBreaker, n: u64) -> Answer {
    breaker.call(|| work(n)).map_err(own)
}

pub(super) fn own(error: CallError<Fault>) -> Fault {
    match error {
        CallError::Inner(fault) => fault,
        CallError::Rejected(rejected) => rejected.into(),
    }
}

#[expect(clippy::inline_always, reason = "like everyone's")]
#[inline(always)]
fn in_two_steps(breaker: &CircuitBreaker, n: u64) -> Answer {
    let permit = breaker.try_acquire()?;
    let answer = work(n);
    match &answer {
        Ok(_) => permit.success(),
        Err(fault) => permit.failure(fault),
    }
    answer
}
