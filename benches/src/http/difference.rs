//! By how much one takes longer than another.

use std::fmt;

/// Each set of clients has its own median of the differences, round by round: the middle one of these, and between what
/// they lie, but for the lowest and the highest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Difference {
    pub(super) median: f64,
    low: f64,
    high: f64,
}

impl Difference {
    /// Of turns that were taken in the same rounds, so many to a set.
    pub(super) fn of(turns: &[f64], others: &[f64], rounds: usize) -> Self {
        let sets = turns.chunks(rounds).zip(others.chunks(rounds));
        let of_set = |(turns, others): (&[f64], &[f64])| {
            let mut all: Vec<f64> =
                turns.iter().zip(others).map(|(one, other)| one - other).collect();
            middle(&mut all)
        };
        let mut all: Vec<f64> = sets.map(of_set).collect();
        let median = middle(&mut all);
        let last = all.len() - 1;
        let aside = usize::from(last > 1);
        Self { median, low: all[aside], high: all[last - aside] }
    }

    /// Whether it is no more than `noise`, the difference of two that are the same, may be.
    pub(super) fn is_within(&self, noise: &Self) -> bool {
        self.low <= noise.high
    }
}

/// Sorts them.
fn middle(all: &mut [f64]) -> f64 {
    all.sort_by(f64::total_cmp);
    all[(all.len() - 1) / 2]
}

/// In microseconds.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, low, high] = [self.median, self.low, self.high].map(|ns| ns / 1e3);
        write!(f, "{median:.2} ({low:.2} to {high:.2})")
    }
}
