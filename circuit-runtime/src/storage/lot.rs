//! Random numbers that nobody's secrets hang on: the standard library's own seeds.

use std::hash::{BuildHasher, RandomState};

use crate::mix::{STEP, mixed};

/// Draws lots. Each is another's.
#[derive(Debug)]
pub(super) struct Lots(u64);

impl Lots {
    pub(super) fn new() -> Self {
        Self::seeded(RandomState::new().hash_one(std::process::id()))
    }

    pub(super) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// From zero to less than `end`; zero if that is zero.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.draw().checked_rem(end).unwrap_or_default()
    }

    /// From three quarters of `middle` to five quarters.
    pub(super) fn around(&mut self, middle: u64) -> u64 {
        middle - middle / 4 + self.below(middle / 2 + 1)
    }
}
