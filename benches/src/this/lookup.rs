//! Getting hold of a breaker whose name the program knows.

use std::hint::black_box;

use circuit_runtime::{State, breaker};

use crate::scenario::{Group, Scenario, THIS, UNGUARDED};

pub(crate) const LOOKUP: Group = Group {
    key: "lookup",
    title: "Looking up a breaker, and reading it",
    note: "Compared with an empty loop.",
    sizes: None,
};

pub(super) fn scenarios() -> Vec<Scenario> {
    let job = |who, what, make: fn() -> fn(u64)| Scenario::new(&LOOKUP, who, what, make);
    vec![
        job(UNGUARDED, "nothing", || {
            |times| {
                for n in 0..times {
                    black_box(n);
                }
            }
        }),
        job(THIS, "`breaker!(\"db\")`", || {
            |times| {
                for _ in 0..times {
                    black_box(breaker!("benches/lookup", threshold = 5));
                }
            }
        }),
        job(THIS, "`breaker!(\"db\").state()`", || {
            |times| {
                for _ in 0..times {
                    let state = black_box(breaker!("benches/lookup")).state();
                    assert_eq!(black_box(state), State::Closed);
                }
            }
        }),
        job(THIS, "`breaker!(\"db\").state()`, open", || {
            breaker!("benches/lookup-open", ttl = "30d").open();
            |times| {
                for _ in 0..times {
                    let state = black_box(breaker!("benches/lookup-open")).state();
                    assert_eq!(black_box(state), State::Open);
                }
            }
        }),
        job(THIS, "`breaker!(\"db\").snapshot()`", || {
            |times| {
                for _ in 0..times {
                    let snapshot = black_box(breaker!("benches/lookup")).snapshot();
                    assert_eq!(black_box(snapshot).state, State::Closed);
                }
            }
        }),
    ]
}
