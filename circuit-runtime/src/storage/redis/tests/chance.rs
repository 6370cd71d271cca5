//! Random numbers that come again with their seed.

use crate::storage::lot::Lots;

/// What a test draws.
pub(super) struct Chance(Lots);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(Lots::seeded(seed))
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0.below(limit)
    }

    pub(super) fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    pub(super) fn of<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        let index = self.below(list.len() as u64);
        &list[usize::try_from(index).expect("an index")]
    }
}
