//! `reliability-toolkit`: failures in a row, behind an asynchronous mutex.

use reliability_toolkit::{CircuitBreaker, ToolkitError};

use super::{FAR, FOR_EVER};
use crate::calls::{
    LATER_FAILURE, LATER_REJECTION, LATER_SUCCESS, failing, rejected, succeed, succeeding,
};
use crate::scenario::Scenario;
use crate::threads::Contender;
use crate::work::{Answer, Fault, finish, work_later};

const WHO: &str = "reliability-toolkit";
const ROW: &str = "in a row";

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        succeeding(&LATER_SUCCESS, WHO, ROW, || calling(at(5))),
        failing(&LATER_FAILURE, WHO, ROW, || calling(at(FAR))),
        rejected(&LATER_REJECTION, WHO, ROW, || {
            let breaker = at(5);
            finish(breaker.trip());
            calling(breaker)
        }),
    ]
}

pub(super) fn contender() -> Contender {
    let breaker = at(5);
    Contender::shared(WHO, "async, in a row", move |calls| {
        succeed(calls, &mut |n| call(&breaker, n));
    })
}

fn at(failures: u32) -> CircuitBreaker {
    CircuitBreaker::builder().failure_threshold(failures).cool_down(FOR_EVER).build()
}

#[expect(clippy::inline_always, reason = "like everyone's")]
#[inline(always)]
fn call(breaker: &CircuitBreaker, n: u64) -> Answer {
    match finish(breaker.call(work_later(n))) {
        Ok(answer) => answer,
        Err(ToolkitError::CircuitOpen { .. }) => Err(Fault::Rejected),
        Err(other) => panic!("{other}"),
    }
}

fn calling(breaker: CircuitBreaker) -> impl Fn(u64) -> Answer {
    move |n| call(&breaker, n)
}
