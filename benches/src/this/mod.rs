//! This crate, mostly through the attribute.

mod asynchronous;
mod attribute;
mod by_hand;
mod contention;
mod dynamic;
mod futures;
mod items;
mod listeners;
mod lookup;
mod shared;
mod windowed;

pub(crate) use contention::contenders;
pub(crate) use dynamic::{DYNAMIC, SNAPSHOT, registry};
pub(crate) use futures::{FUTURES, sizes};
pub(crate) use items::ITEMS;
pub(crate) use listeners::LISTENERS;
pub(crate) use lookup::LOOKUP;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    [
        attribute::scenarios(),
        by_hand::scenarios(),
        asynchronous::scenarios(),
        listeners::scenarios(),
        items::scenarios(),
        lookup::scenarios(),
        shared::scenarios(),
        windowed::scenarios(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
