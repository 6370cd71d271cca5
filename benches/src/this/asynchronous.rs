//! Asynchronous functions.

use circuit_runtime::{breaker, circuit_breaker};

use super::by_hand::own;
use crate::calls::{
    LATER_FAILURE, LATER_REJECTION, LATER_SUCCESS, failing, rejected as refused, succeeding,
};
use crate::scenario::{Scenario, THIS};
use crate::work::{Answer, finish, work, work_later};

pub(super) fn scenarios() -> Vec<Scenario> {
    let call = "in a row, `call_async`";
    vec![
        succeeding(&LATER_SUCCESS, THIS, "in a row", || |n| finish(in_a_row(n))),
        succeeding(&LATER_SUCCESS, THIS, call, || |n| finish(by_hand(n))),
        succeeding(&LATER_SUCCESS, THIS, "share of a minute", || |n| finish(share(n))),
        failing(&LATER_FAILURE, THIS, "in a row", || |n| finish(far(n))),
        refused(&LATER_REJECTION, THIS, "in a row", || {
            breaker!("benches/async-rejected").open();
            |n| finish(rejected(n))
        }),
    ]
}

#[circuit_breaker(name = "benches/async")]
async fn in_a_row(n: u64) -> Answer {
    work(n)
}

async fn by_hand(n: u64) -> Answer {
    breaker!("benches/async-by-hand", threshold = 5).call_async(work_later(n)).await.map_err(own)
}

#[circuit_breaker(name = "benches/async-share", window = 60, failure_rate = 0.5)]
async fn share(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/async-far", threshold = 4_000_000_000)]
async fn far(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/async-rejected", ttl = "30d")]
async fn rejected(n: u64) -> Answer {
    work(n)
}
