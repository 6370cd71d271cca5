//! Windows that hold ten calls, and a hundred thousand.

use std::time::Duration;

use crate::calls::{fail, succeed};
use crate::scenario::{Group, Job, Scenario};
use crate::work::Answer;

pub(crate) const WINDOWS: Group = Group {
    key: "windows",
    title: "Call through a window that holds many",
    note: "Nanoseconds per call, by the calls that are in the window already: an hour, where it is one of time. \
           Give or take a twentieth of them, or five: then the breaker is made and filled anew.",
    sizes: Some("calls in the window"),
};

pub(crate) const SIZES: [u64; 3] = [10, 1_000, 100_000];

/// So long that no call leaves it.
pub(crate) const LENGTH: Duration = Duration::from_hours(1);

/// At a time: as many as a program may well have, and no more than fit into the cache.
const MOST_BREAKERS: u64 = 100;

/// Breakers with so many calls behind them, remade once their windows have grown.
struct Window<M, C> {
    make: M,
    calls: u64,
    room: u64,
    used: u64,
    breakers: Vec<C>,
    run: fn(u64, &mut C),
}

impl<M: Fn(u64) -> C, C: FnMut(u64) -> Answer> Job for Window<M, C> {
    fn prepare(&mut self, calls: u64) {
        let breakers = calls.div_ceil(self.room);
        let fits = self.breakers.len() as u64 == breakers && self.used + calls <= self.room;
        if fits {
            return;
        }
        self.breakers.clear();
        self.used = 0;
        for _ in 0..breakers {
            let mut breaker = (self.make)(self.calls);
            (self.run)(self.calls - self.room / 2, &mut breaker);
            self.breakers.push(breaker);
        }
    }

    fn run(&mut self, mut calls: u64) {
        self.used += calls;
        for breaker in &mut self.breakers {
            let some = calls.min(self.room);
            (self.run)(some, breaker);
            calls -= some;
        }
        assert_eq!(calls, 0, "there was room for all calls");
    }
}

/// One row: `make` is given the calls that the window will hold.
pub(crate) fn succeeding<C: FnMut(u64) -> Answer + 'static>(
    who: &'static str,
    what: &str,
    make: impl Fn(u64) -> C + Clone + 'static,
) -> Vec<Scenario> {
    scenarios(who, what, make, |calls, call| succeed(calls, call))
}

pub(crate) fn failing<C: FnMut(u64) -> Answer + 'static>(
    who: &'static str,
    what: &str,
    make: impl Fn(u64) -> C + Clone + 'static,
) -> Vec<Scenario> {
    scenarios(who, what, make, |calls, call| fail(calls, call))
}

fn scenarios<C: FnMut(u64) -> Answer + 'static>(
    who: &'static str,
    what: &str,
    make: impl Fn(u64) -> C + Clone + 'static,
    run: fn(u64, &mut C),
) -> Vec<Scenario> {
    let one = |calls: u64| {
        let make = make.clone();
        let room = (calls / 10).max(10);
        let job =
            move || Window { make: make.clone(), calls, room, used: 0, breakers: Vec::new(), run };
        Scenario::new(&WINDOWS, who, what, job).of_size(calls).at_most(room * MOST_BREAKERS)
    };
    SIZES.into_iter().map(one).collect()
}
