//! The loops around the calls: one for each way in which a call can end, the same for everyone.
//!
//! The optimiser is kept from the number that goes in and from the one that comes out, but not from the `Result`
//! around it: to have that as a whole in memory costs more than most of what is measured.

use std::hint::black_box;

use crate::scenario::{Group, Scenario};
use crate::work::{Answer, FAILING, Fault};

pub(crate) const SUCCESS: Group = Group {
    key: "success",
    title: "Successful call",
    note: "A function that returns `Ok`, through a closed breaker.",
    sizes: None,
};
pub(crate) const FAILURE: Group = Group {
    key: "failure",
    title: "Failed call, far from a trip",
    note: "A function that returns `Err`, where the threshold is never reached.",
    sizes: None,
};
pub(crate) const PAIR: Group = Group {
    key: "pair",
    title: "Failed call near a trip, and a successful one",
    note: "Each call is a pair: one failure where the fifth in a row would trip, one success. This crate writes down \
           what the failure said, for the report of a trip.",
    sizes: None,
};
pub(crate) const REJECTION: Group = Group {
    key: "rejection",
    title: "Rejected call",
    note: "Through an open breaker; compared with the successful call that is not made.",
    sizes: None,
};
pub(crate) const TRIP: Group = Group {
    key: "trip",
    title: "Trip and back",
    note: "A failure that trips the breaker, which is then closed by hand; a new one for each trip where there is no \
           such hand.",
    sizes: None,
};
pub(crate) const LATER_SUCCESS: Group = Group {
    key: "async-success",
    title: "Successful call of an async function",
    note: "A future that is ready at its first poll.",
    sizes: None,
};
pub(crate) const LATER_FAILURE: Group = Group {
    key: "async-failure",
    title: "Failed call of an async function, far from a trip",
    note: "A future that is ready at its first poll.",
    sizes: None,
};
pub(crate) const LATER_REJECTION: Group = Group {
    key: "async-rejection",
    title: "Rejected call of an async function",
    note: "Compared with the successful call that is not made.",
    sizes: None,
};

/// `calls` calls, each of which must succeed.
#[expect(clippy::inline_always, reason = "everyone is to be inlined, not some by luck")]
#[inline(always)]
pub(crate) fn succeed(calls: u64, call: &mut impl FnMut(u64) -> Answer) {
    let mut sum = 0;
    for n in 0..calls {
        sum += black_box(call(black_box(n)).expect("the call succeeds"));
    }
    assert_eq!(sum, calls * (calls + 1) / 2, "every call was made");
}

/// `calls` calls, each of which must fail by itself.
#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
pub(crate) fn fail(calls: u64, call: &mut impl FnMut(u64) -> Answer) {
    for n in FAILING..FAILING + calls {
        let answer = call(black_box(n));
        assert!(matches!(answer, Err(Fault::Busy)), "the call is made, and fails");
    }
}

#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn be_rejected(calls: u64, call: &mut impl FnMut(u64) -> Answer) {
    for n in 0..calls {
        let answer = call(black_box(n));
        assert!(matches!(answer, Err(Fault::Rejected)), "the call is not made");
    }
}

/// `make` returns what makes one call.
pub(crate) fn succeeding<C: FnMut(u64) -> Answer + 'static>(
    group: &'static Group,
    who: &'static str,
    what: &str,
    make: impl Fn() -> C + 'static,
) -> Scenario {
    calling(group, who, what, make, succeed)
}

/// As [`succeeding`], for calls that fail and do not trip.
pub(crate) fn failing<C: FnMut(u64) -> Answer + 'static>(
    group: &'static Group,
    who: &'static str,
    what: &str,
    make: impl Fn() -> C + 'static,
) -> Scenario {
    calling(group, who, what, make, fail)
}

/// As [`succeeding`], for a breaker that `make` has opened.
pub(crate) fn rejected<C: FnMut(u64) -> Answer + 'static>(
    group: &'static Group,
    who: &'static str,
    what: &str,
    make: impl Fn() -> C + 'static,
) -> Scenario {
    calling(group, who, what, make, be_rejected)
}

/// `run` makes so many calls and checks them.
fn calling<C: FnMut(u64) -> Answer + 'static>(
    group: &'static Group,
    who: &'static str,
    what: &str,
    make: impl Fn() -> C + 'static,
    run: impl Fn(u64, &mut C) + Copy + 'static,
) -> Scenario {
    Scenario::new(group, who, what, move || {
        let mut call = make();
        move |calls| run(calls, &mut call)
    })
}

/// A failure and a success in turn.
pub(crate) fn paired<C: FnMut(u64) -> Answer + 'static>(
    who: &'static str,
    what: &str,
    make: impl Fn() -> C + 'static,
) -> Scenario {
    Scenario::new(&PAIR, who, what, move || {
        let mut call = make();
        move |calls| {
            for _ in 0..calls {
                fail(1, &mut call);
                succeed(1, &mut call);
            }
        }
    })
}

/// `make` returns what makes one call with a breaker that its first failure trips, and what closes that breaker.
pub(crate) fn tripping<C: Fn(u64) -> Answer + 'static, R: Fn() + 'static>(
    who: &'static str,
    what: &str,
    make: impl Fn() -> (C, R) + 'static,
) -> Scenario {
    Scenario::new(&TRIP, who, what, move || {
        let (mut call, close) = make();
        move |calls| {
            for _ in 0..calls {
                fail(1, &mut call);
                close();
            }
            fail(1, &mut call);
            be_rejected(1, &mut call);
            close();
            succeed(1, &mut call);
        }
    })
}
