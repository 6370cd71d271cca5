//! `recloser`: the share of failures among the last calls, in a ring.

use recloser::{AsyncRecloser, Error, Recloser};

use super::FOR_EVER;
use crate::calls::{
    FAILURE, LATER_FAILURE, LATER_REJECTION, LATER_SUCCESS, REJECTION, SUCCESS, failing, paired,
    rejected, succeed, succeeding, tripping,
};
use crate::scenario::Scenario;
use crate::threads::Contender;
use crate::windows;
use crate::work::{Answer, FAILING, Fault, finish, work, work_later};

const WHO: &str = "recloser";
const LAST: &str = "share of the last 100";

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = vec![
        succeeding(&SUCCESS, WHO, LAST, || calling(closed(100))),
        failing(&FAILURE, WHO, LAST, || calling(closed(100))),
        paired(WHO, LAST, || calling(closed(100))),
        rejected(&REJECTION, WHO, LAST, || calling(open())),
        tripping(WHO, "share of the last 1, a new one each time", || {
            let breaker = std::rc::Rc::new(std::cell::RefCell::new(tripping_at_once()));
            let its = breaker.clone();
            let call = move |n| call(&its.borrow(), n);
            (call, move || *breaker.borrow_mut() = tripping_at_once())
        }),
        succeeding(&LATER_SUCCESS, WHO, LAST, || calling_later(closed(100))),
        failing(&LATER_FAILURE, WHO, LAST, || calling_later(closed(100))),
        rejected(&LATER_REJECTION, WHO, LAST, || calling_later(open())),
    ];
    let ring = |calls| calling(closed(usize::try_from(calls).expect("a small number")));
    all.extend(windows::succeeding(WHO, "share of so many last calls", ring));
    all
}

pub(super) fn contender() -> Contender {
    let breaker = closed(100);
    Contender::shared(WHO, LAST, move |calls| succeed(calls, &mut |n| call(&breaker, n)))
}

/// A share that is never reached.
fn closed(calls: usize) -> Recloser {
    Recloser::custom().closed_len(calls).error_rate(1.1).open_wait(FOR_EVER).build()
}

/// Trips at its first failure, once its ring of one is full.
fn tripping_at_once() -> Recloser {
    let breaker = Recloser::custom().closed_len(1).error_rate(0.5).open_wait(FOR_EVER).build();
    call(&breaker, 0).expect("the call that fills the ring");
    breaker
}

fn open() -> Recloser {
    let breaker = tripping_at_once();
    call(&breaker, FAILING).expect_err("the call that trips");
    breaker
}

#[expect(clippy::inline_always, reason = "like everyone's")]
#[inline(always)]
fn call(breaker: &Recloser, n: u64) -> Answer {
    breaker.call(|| work(n)).map_err(own)
}

fn calling(breaker: Recloser) -> impl Fn(u64) -> Answer {
    move |n| call(&breaker, n)
}

fn calling_later(breaker: Recloser) -> impl Fn(u64) -> Answer {
    let breaker = AsyncRecloser::from(breaker);
    move |n| finish(breaker.call(work_later(n))).map_err(own)
}

fn own(error: Error<Fault>) -> Fault {
    match error {
        Error::Inner(fault) => fault,
        Error::Rejected => Fault::Rejected,
    }
}
