//! `failsafe`: failures in a row, a moving average of the share of successes, or, by default, either.

use std::iter::{Repeat, repeat};
use std::time::Duration;

use failsafe::failure_policy::{
    ConsecutiveFailures, FailurePolicy, consecutive_failures, success_rate_over_time_window,
};
use failsafe::{CircuitBreaker, Config, Error, StateMachine};

use super::{FAR, FOR_EVER};
use crate::calls::{
    FAILURE, LATER_FAILURE, LATER_REJECTION, LATER_SUCCESS, REJECTION, SUCCESS, failing, paired,
    rejected, succeed, succeeding, tripping,
};
use crate::scenario::Scenario;
use crate::threads::Contender;
use crate::windows;
use crate::work::{Answer, FAILING, Fault, finish, work, work_later};

const WHO: &str = "failsafe";
const ROW: &str = "in a row";
const DEFAULT: &str = "average of 30 s, or in a row (default)";
const RATE: &str = "average of a minute";

pub(super) fn scenarios() -> Vec<Scenario> {
    let minute = || average(Duration::from_mins(1));
    let mut all = vec![
        succeeding(&SUCCESS, WHO, ROW, || calling(at(5))),
        succeeding(&SUCCESS, WHO, DEFAULT, || calling(Config::new().build())),
        succeeding(&SUCCESS, WHO, RATE, move || calling(minute())),
        failing(&FAILURE, WHO, ROW, || calling(at(FAR))),
        failing(&FAILURE, WHO, RATE, move || calling(minute())),
        paired(WHO, ROW, || calling(at(5))),
        rejected(&REJECTION, WHO, ROW, || calling(open())),
        tripping(WHO, ROW, || {
            let breaker = at(1);
            (calling(breaker.clone()), move || breaker.reset())
        }),
        succeeding(&LATER_SUCCESS, WHO, ROW, || calling_later(at(5))),
        succeeding(&LATER_SUCCESS, WHO, DEFAULT, || calling_later(Config::new().build())),
        failing(&LATER_FAILURE, WHO, ROW, || calling_later(at(FAR))),
        rejected(&LATER_REJECTION, WHO, ROW, || calling_later(open())),
    ];
    all.extend(windows::succeeding(WHO, "moving average", |_| calling(average(windows::LENGTH))));
    all
}

pub(super) fn contender() -> Contender {
    let breaker = at(5);
    Contender::shared(WHO, ROW, move |calls| succeed(calls, &mut |n| call(&breaker, n)))
}

type InARow = StateMachine<ConsecutiveFailures<Repeat<Duration>>, ()>;

fn at(failures: u32) -> InARow {
    Config::new().failure_policy(consecutive_failures(failures, repeat(FOR_EVER))).build()
}

fn open() -> InARow {
    let breaker = at(1);
    call(&breaker, FAILING).expect_err("the call that trips");
    breaker
}

/// A share that is never missed.
fn average(window: Duration) -> StateMachine<impl FailurePolicy + Send + Sync, ()> {
    let policy = success_rate_over_time_window(0.0, 1, window, repeat(FOR_EVER));
    Config::new().failure_policy(policy).build()
}

#[expect(clippy::inline_always, reason = "like everyone's")]
#[inline(always)]
fn call<P: FailurePolicy>(breaker: &StateMachine<P, ()>, n: u64) -> Answer {
    CircuitBreaker::call(breaker, || work(n)).map_err(own)
}

fn calling<P: FailurePolicy>(breaker: StateMachine<P, ()>) -> impl Fn(u64) -> Answer {
    move |n| call(&breaker, n)
}

fn calling_later<P>(breaker: StateMachine<P, ()>) -> impl Fn(u64) -> Answer
where
    P: FailurePolicy + Send + Sync,
{
    move |n| finish(failsafe::futures::CircuitBreaker::call(&breaker, work_later(n))).map_err(own)
}

fn own(error: Error<Fault>) -> Fault {
    match error {
        Error::Inner(fault) => fault,
        Error::Rejected => Fault::Rejected,
    }
}
