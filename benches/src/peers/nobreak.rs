//! `nobreak`: failures in a row, behind a mutex.

use nobreak::{CircuitBreaker, CircuitError, builder};

use super::{FAR, FOR_EVER};
use crate::calls::{
    FAILURE, LATER_FAILURE, LATER_REJECTION, LATER_SUCCESS, REJECTION, SUCCESS, failing, paired,
    rejected, succeed, succeeding, tripping,
};
use crate::scenario::Scenario;
use crate::threads::Contender;
use crate::work::{Answer, FAILING, Fault, finish, work, work_later};

const WHO: &str = "nobreak";
const ROW: &str = "in a row";

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        succeeding(&SUCCESS, WHO, ROW, || calling(at(5))),
        failing(&FAILURE, WHO, ROW, || calling(at(FAR as usize))),
        paired(WHO, ROW, || calling(at(5))),
        rejected(&REJECTION, WHO, ROW, || calling(open())),
        tripping(WHO, "in a row, a new one each time", || {
            let breaker = std::rc::Rc::new(std::cell::RefCell::new(at(1)));
            let its = breaker.clone();
            let call = move |n| call(&its.borrow(), n);
            (call, move || *breaker.borrow_mut() = at(1))
        }),
        succeeding(&LATER_SUCCESS, WHO, ROW, || calling_later(at(5))),
        failing(&LATER_FAILURE, WHO, ROW, || calling_later(at(FAR as usize))),
        rejected(&LATER_REJECTION, WHO, ROW, || calling_later(open())),
    ]
}

pub(super) fn contender() -> Contender {
    let breaker = at(5);
    Contender::shared(WHO, ROW, move |calls| succeed(calls, &mut |n| call(&breaker, n)))
}

fn at(failures: usize) -> CircuitBreaker {
    builder().with_failure_threshold(failures).with_open_duration(FOR_EVER).build()
}

fn open() -> CircuitBreaker {
    let breaker = at(1);
    call(&breaker, FAILING).expect_err("the call that trips");
    breaker
}

#[expect(clippy::inline_always, reason = "like everyone's")]
#[inline(always)]
fn call(breaker: &CircuitBreaker, n: u64) -> Answer {
    breaker.call(|| work(n)).map_err(own)
}

fn calling(breaker: CircuitBreaker) -> impl Fn(u64) -> Answer {
    move |n| call(&breaker, n)
}

fn calling_later(breaker: CircuitBreaker) -> impl Fn(u64) -> Answer {
    move |n| finish(breaker.call_async(|| work_later(n))).map_err(own)
}

fn own(error: CircuitError<Fault>) -> Fault {
    match error {
        CircuitError::Failed { error } => error,
        CircuitError::Open => Fault::Rejected,
    }
}
