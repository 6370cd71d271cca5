//! `circuitbreaker-rs`: the share of failures among all calls ever made, or failures in a row.

use circuitbreaker_rs::{BreakerError, CircuitBreaker, DefaultPolicy};

use super::{FAR, FOR_EVER};
use crate::calls::{
    FAILURE, LATER_FAILURE, LATER_REJECTION, LATER_SUCCESS, REJECTION, SUCCESS, failing, paired,
    rejected, succeed, succeeding, tripping,
};
use crate::scenario::Scenario;
use crate::threads::Contender;
use crate::work::{Answer, Fault, finish, work, work_later};

const WHO: &str = "circuitbreaker-rs";
const DEFAULT: &str = "share of all calls, or in a row (default)";

type Breaker = CircuitBreaker<DefaultPolicy, Fault>;

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        succeeding(&SUCCESS, WHO, DEFAULT, || calling(at(5))),
        failing(&FAILURE, WHO, DEFAULT, || calling(at(FAR.into()))),
        paired(WHO, DEFAULT, || calling(at(5))),
        rejected(&REJECTION, WHO, DEFAULT, || calling(open())),
        tripping(WHO, DEFAULT, || {
            let breaker = at(1);
            (calling(breaker.clone()), move || assert!(breaker.force_closed()))
        }),
        succeeding(&LATER_SUCCESS, WHO, DEFAULT, || calling_later(at(5))),
        failing(&LATER_FAILURE, WHO, DEFAULT, || calling_later(at(FAR.into()))),
        rejected(&LATER_REJECTION, WHO, DEFAULT, || calling_later(open())),
    ]
}

pub(super) fn contender() -> Contender {
    let breaker = at(5);
    Contender::shared(WHO, DEFAULT, move |calls| succeed(calls, &mut |n| call(&breaker, n)))
}

/// With a share that is never reached.
fn at(failures: u64) -> Breaker {
    Breaker::builder()
        .failure_threshold(1.1)
        .consecutive_failures(failures)
        .cooldown(FOR_EVER)
        .build()
}

fn open() -> Breaker {
    let breaker = at(5);
    assert!(breaker.force_open());
    breaker
}

#[expect(clippy::inline_always, reason = "like everyone's")]
#[inline(always)]
fn call(breaker: &Breaker, n: u64) -> Answer {
    breaker.call(|| work(n)).map_err(own)
}

fn calling(breaker: Breaker) -> impl Fn(u64) -> Answer {
    move |n| call(&breaker, n)
}

fn calling_later(breaker: Breaker) -> impl Fn(u64) -> Answer {
    move |n| finish(breaker.call_async(|| work_later(n))).map_err(own)
}

fn own(error: BreakerError<Fault>) -> Fault {
    match error {
        BreakerError::Operation(fault) => fault,
        BreakerError::Open => Fault::Rejected,
        BreakerError::Internal(error) => panic!("{error}"),
    }
}
