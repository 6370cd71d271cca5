//! An iterator is one call: what is left for its items to pay.

use std::hint::black_box;

use circuit_runtime::circuit_breaker;

use crate::scenario::{Group, Job, Scenario, THIS, UNGUARDED};
use crate::work::{Answer, work_items};

pub(crate) const ITEMS: Group = Group {
    key: "items",
    title: "Item of an iterator",
    note: "Per item of an iterator of 10,000.",
    sizes: None,
};

const ITEMS_OF_ONE: u64 = 10_000;

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new(&ITEMS, UNGUARDED, "", || Through(work_items)).in_units_of(ITEMS_OF_ONE),
        Scenario::new(&ITEMS, THIS, "in a row", || Through(items)).in_units_of(ITEMS_OF_ONE),
    ]
}

#[circuit_breaker(name = "benches/items")]
fn items(number: u64) -> impl Iterator<Item = Answer> {
    work_items(number)
}

struct Through<F>(F);

impl<F: Fn(u64) -> I, I: Iterator<Item = Answer>> Job for Through<F> {
    fn run(&mut self, items: u64) {
        for _ in 0..items / ITEMS_OF_ONE {
            let mut sum = 0;
            for item in (self.0)(black_box(ITEMS_OF_ONE)) {
                sum += black_box(item.expect("the item is good"));
            }
            assert_eq!(sum, ITEMS_OF_ONE * (ITEMS_OF_ONE + 1) / 2, "every item came");
        }
    }
}
