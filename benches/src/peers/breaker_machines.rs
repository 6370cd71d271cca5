//! `breaker-machines`: failures within a time window; one caller at a time, since a call takes `&mut self`.

use breaker_machines::{CircuitBreaker, CircuitError};

use super::FAR;
use crate::calls::{FAILURE, REJECTION, SUCCESS, failing, rejected, succeeding};
use crate::scenario::Scenario;
use crate::windows;
use crate::work::{Answer, FAILING, Fault, work};

const WHO: &str = "breaker-machines";
const WINDOW: &str = "failures of a minute";

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = vec![
        succeeding(&SUCCESS, WHO, WINDOW, || calling(at(5, 60.0))),
        failing(&FAILURE, WHO, WINDOW, || calling(at(FAR as usize, 60.0))),
        rejected(&REJECTION, WHO, WINDOW, || {
            let mut breaker = at(1, 60.0);
            call(&mut breaker, FAILING).expect_err("the call that trips");
            calling(breaker)
        }),
    ];
    let far = |_| calling(at(FAR as usize, windows::LENGTH.as_secs_f64()));
    all.extend(windows::succeeding(WHO, "failures, keeps 1,000 calls at most, successes", far));
    all.extend(windows::failing(WHO, "failures, keeps 1,000 calls at most, failures", far));
    all
}

fn at(failures: usize, window: f64) -> CircuitBreaker {
    CircuitBreaker::builder("bench")
        .failure_threshold(failures)
        .failure_window_secs(window)
        .half_open_timeout_secs(1e6)
        .build()
}

#[expect(clippy::inline_always, reason = "like everyone's")]
#[inline(always)]
fn call(breaker: &mut CircuitBreaker, n: u64) -> Answer {
    breaker.call(move || work(n)).map_err(own)
}

fn calling(mut breaker: CircuitBreaker) -> impl FnMut(u64) -> Answer {
    move |n| call(&mut breaker, n)
}

fn own(error: CircuitError<Fault>) -> Fault {
    match error {
        CircuitError::Execution(fault) => fault,
        CircuitError::Open { .. } => Fault::Rejected,
        other => panic!("{other}"),
    }
}
