//! What trips a closed breaker, beside its `threshold`.

use std::time::Duration;

use super::share::Share;
use super::window::SLOTS;
use crate::clock::Moment;

/// How failures are counted while closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// In a row: in the word.
    Consecutive,
    /// In a sliding window.
    Windowed(Windowed),
}

/// The rule of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Windowed {
    /// Nanoseconds of one slot, at least 1.
    pub(crate) slot: u64,
    /// The share of the calls that must have failed.
    pub(crate) rate: Share,
    /// How many calls there must have been.
    pub(crate) minimum_calls: u32,
}

/// What a window holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) failures: u64,
    /// Failures included; the same number where the rule asks for no calls.
    pub(crate) calls: u64,
}

impl Windowed {
    /// In nanoseconds.
    pub(crate) fn length(&self) -> u64 {
        self.slot * u64::from(SLOTS)
    }

    pub(crate) fn duration(&self) -> Duration {
        Duration::from_nanos(self.length())
    }

    /// When the slot that `now` lies in begins.
    pub(crate) fn slot_at(&self, now: Moment) -> u64 {
        let now = now.nanos();
        now - now % self.slot
    }

    /// Whether successes have to be counted too.
    pub(crate) fn counts_calls(&self, threshold: u32) -> bool {
        self.rate > Share::ZERO || self.minimum_calls > threshold
    }

    /// Whether the failure that made it `tally` trips.
    pub(crate) fn trips(&self, threshold: u32, tally: Tally) -> bool {
        tally.failures >= u64::from(threshold)
            && tally.calls >= u64::from(self.minimum_calls)
            && self.rate.is_reached(tally.failures, tally.calls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Windowed = Windowed { slot: 1, rate: Share::ZERO, minimum_calls: 1 };

    fn tally(failures: u64, calls: u64) -> Tally {
        Tally { failures, calls }
    }

    #[test]
    fn threshold_minimum_and_rate_must_all_be_reached() {
        let rate = Share::new(0.1).expect("a share");
        let rule = Windowed { rate, minimum_calls: 20, ..RULE };
        assert!(rule.trips(5, tally(5, 50)));
        assert!(!rule.trips(5, tally(4, 40)), "threshold");
        assert!(!rule.trips(5, tally(5, 51)), "rate");
        assert!(!rule.trips(5, tally(5, 19)), "minimum");
        assert!(rule.trips(5, tally(5, 20)));
    }

    #[test]
    fn calls_are_counted_only_where_the_rule_asks_for_them() {
        let rate = Share::new(0.1).expect("a share");
        assert!(!RULE.counts_calls(5));
        assert!(!Windowed { minimum_calls: 5, ..RULE }.counts_calls(5));
        assert!(Windowed { minimum_calls: 6, ..RULE }.counts_calls(5));
        assert!(Windowed { rate, ..RULE }.counts_calls(5));
    }
}
