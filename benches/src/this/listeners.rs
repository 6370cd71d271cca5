//! What listeners cost that do nothing.

use circuit_runtime::{CircuitBreaker, Listener, breaker, circuit_breaker, on_change};

use crate::calls::succeeding;
use crate::scenario::{Group, Scenario, THIS};
use crate::work::{Answer, work};

pub(crate) const LISTENERS: Group = Group {
    key: "listeners",
    title: "Successful call with listeners",
    note: "Listeners that do nothing.",
    sizes: None,
};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        succeeding(&LISTENERS, THIS, "none", || none),
        succeeding(&LISTENERS, THIS, "one", || {
            add(breaker!("benches/one-listener"), 1);
            one
        }),
        succeeding(&LISTENERS, THIS, "one that hears changes alone", || {
            breaker!("benches/changes-listener").add_listener(on_change(drop));
            changes
        }),
        succeeding(&LISTENERS, THIS, "eight", || {
            add(breaker!("benches/eight-listeners"), 8);
            eight
        }),
    ]
}

struct Silent;

impl Listener for Silent {}

fn add(breaker: &CircuitBreaker, listeners: usize) {
    for _ in 0..listeners {
        breaker.add_listener(Silent);
    }
}

#[circuit_breaker(name = "benches/no-listener")]
#[inline]
fn none(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/one-listener")]
#[inline]
fn one(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/changes-listener")]
#[inline]
fn changes(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/eight-listeners")]
#[inline]
fn eight(n: u64) -> Answer {
    work(n)
}
