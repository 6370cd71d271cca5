//! `seatbelt`: the share of failures in a time window, as a layer around a service.

use std::task::Waker;
use std::time::Duration;

use layered::{Execute, Service, Stack};
use seatbelt::breaker::Breaker;
use seatbelt::{RecoveryInfo, ResilienceContext};
use tick::runtime::InactiveClock;

use super::{FAR, FOR_EVER};
use crate::calls::{
    LATER_FAILURE, LATER_REJECTION, LATER_SUCCESS, failing, rejected, succeed, succeeding,
};
use crate::scenario::Scenario;
use crate::threads::Contender;
use crate::windows;
use crate::work::{Answer, FAILING, Fault, finish, work_later};

const WHO: &str = "seatbelt";
const WINDOW: &str = "share of 30 s";
const HALF_MINUTE: Duration = Duration::from_secs(30);

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = vec![
        succeeding(&LATER_SUCCESS, WHO, WINDOW, || calling(after(100, HALF_MINUTE))),
        failing(&LATER_FAILURE, WHO, WINDOW, || calling(after(FAR, HALF_MINUTE))),
        rejected(&LATER_REJECTION, WHO, WINDOW, || {
            let service = after(1, HALF_MINUTE);
            finish(service.execute(FAILING)).expect_err("the call that trips");
            calling(service)
        }),
    ];
    let far = |_| calling(after(FAR, windows::LENGTH));
    all.extend(windows::succeeding(WHO, "share, async", far));
    all
}

pub(super) fn contender() -> Contender {
    let service = after(100, HALF_MINUTE);
    let call = move |calls| succeed(calls, &mut |n| finish(service.execute(n)));
    Contender::shared(WHO, "async, share of 30 s", call)
}

/// Looks at the share only after so many calls.
fn after(calls: u32, window: Duration) -> impl Service<u64, Out = Answer> {
    // Nothing waits for a time here, so the clock needs no driver.
    let (clock, _driver) = InactiveClock::default().activate(Waker::noop().clone());
    let context = ResilienceContext::new(&clock);
    let breaker = Breaker::layer("bench", &context)
        .recovery_with(|answer: &Answer, _| match answer {
            Ok(_) => RecoveryInfo::never(),
            Err(_) => RecoveryInfo::retry(),
        })
        .rejected_input(|_, _| Err(Fault::Rejected))
        .min_throughput(calls)
        .sampling_duration(window)
        .break_duration(FOR_EVER);
    (breaker, Execute::new(work_later)).into_service()
}

fn calling(service: impl Service<u64, Out = Answer>) -> impl Fn(u64) -> Answer {
    move |n| finish(service.execute(n))
}
