//! Names that are known only at run time: the registry, as it grows.

use std::hint::black_box;
use std::time::Instant;

use circuit_runtime::{CircuitBreaker, Settings, State, registry as breakers};

use crate::measure::{Pace, nanoseconds, number, rounds, row};
use crate::row::Row;
use crate::scenario::{Group, Job, Scenario, THIS};

pub(crate) const DYNAMIC: Group = Group {
    key: "registry",
    title: "Registry of names made at run time",
    note: "Nanoseconds, by the names that are there; they are asked for in no order. The first row: per name, while it \
           grows to that size.",
    sizes: Some("names"),
};
pub(crate) const SNAPSHOT: Group = Group {
    key: "snapshot",
    title: "Snapshot of every breaker",
    note: "`registry().iter()`, and a `snapshot()` of each.",
    sizes: None,
};

const SIZES: [usize; 4] = [10, 1_000, 100_000, 1_000_000];
const OBSERVED: usize = 1_000;
const SETTINGS: Settings = Settings::new().threshold(3);

/// The registry forgets nothing, so everything that depends on its size is measured here, while it grows.
pub(crate) fn registry(pace: Pace) -> Vec<Row> {
    let sizes = if pace.is_quick { &SIZES[..3] } else { &SIZES };
    let mut names: Vec<&'static str> = Vec::new();
    let mut rows = Vec::new();
    for &size in sizes {
        let more: Vec<&'static str> = (names.len()..size).map(name).collect();
        rows.push(of_size(size, register(&more)));
        names.extend(more);
        let lookups = rounds(&lookups(&names), pace);
        rows.extend(lookups.into_iter().map(|row| of_size(size, row)));
        if size == OBSERVED {
            rows.extend(rounds(&[snapshots()], pace));
        }
    }
    rows
}

/// Never given back, like the breaker of that name.
fn name(n: usize) -> &'static str {
    format!("host-{n}.example.com").leak()
}

fn of_size(size: usize, row: Row) -> Row {
    Row { size: Some(size as u64), ..row }
}

/// In a hundred parts, or one name at a time.
fn register(names: &[&'static str]) -> Row {
    let part = |names: &[&'static str]| {
        let begun = Instant::now();
        for name in names {
            black_box(breakers().get_or_register(name, SETTINGS));
        }
        nanoseconds(begun.elapsed()) / number(names.len() as u64)
    };
    let mut samples: Vec<f64> = names.chunks(names.len().div_ceil(100)).map(part).collect();
    row(DYNAMIC.key, THIS, "`get_or_register`, a new name", &mut samples)
}

fn lookups(names: &[&'static str]) -> [Scenario; 2] {
    // Each begins elsewhere, or the second would find what the first has just brought into the cache.
    let job = |what, at: usize, look_up: fn(&'static str)| {
        let names = names.to_vec();
        Scenario::new(&DYNAMIC, THIS, what, move || Lookups { names: names.clone(), at, look_up })
    };
    [
        job("`get`", 0, |name| {
            let found = breakers().get(black_box(name)).expect("the name is registered");
            assert!(black_box(found).name().len() == name.len());
        }),
        job("`get_or_register`, a known name", names.len() / 2, |name| {
            let found = breakers().get_or_register(black_box(name), SETTINGS);
            assert!(black_box(found).name().len() == name.len());
        }),
    ]
}

struct Lookups {
    names: Vec<&'static str>,
    at: usize,
    look_up: fn(&'static str),
}

impl Job for Lookups {
    fn run(&mut self, calls: u64) {
        /// Coprime to every size, so that each name has its turn, and far from the one before.
        const STRIDE: usize = 617_761;
        for _ in 0..calls {
            (self.look_up)(self.names[self.at]);
            self.at = (self.at + STRIDE) % self.names.len();
        }
    }
}

fn snapshots() -> Scenario {
    Scenario::new(&SNAPSHOT, THIS, "a registry of 1,000 breakers and those of this program", || {
        |times| {
            for _ in 0..times {
                let seen = breakers().iter().map(CircuitBreaker::snapshot);
                let seen = seen.filter(|snapshot| black_box(snapshot).state == State::Closed);
                assert!(seen.count() >= OBSERVED);
            }
        }
    })
}
