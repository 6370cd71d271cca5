//! The sliding window of a closed era: how many calls failed in it, and how many there were.
//!
//! The window is [`SLOTS`] slots of equal length, of which the last one is still going on. So a failure is in it for
//! at least 99 % of its length and never for longer. A slot is 24 bytes, and there is one only for a time in which
//! something happened; what a window costs does not depend on how many calls are in it.
//!
//! Failures are counted here. Successes are counted elsewhere, by each thread for itself and for ever; a slot knows
//! only how many there had been when it began, so the successes in the window are a difference of two totals.

use std::collections::VecDeque;

use super::policy::{Tally, Windowed};
use super::successes::Successes;
#[cfg(feature = "storage")]
use crate::clock::Moment;

pub(crate) const SLOTS: u8 = 100;

/// Slots that are kept at most: only a window that was just made longer still has shorter slots, and so more.
const MOST_KEPT: usize = 2 * SLOTS as usize;

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// In nanoseconds, by the breaker's clock.
    begin: u64,
    /// Of this era, when the slot began.
    successes_before: u64,
    failures: u64,
}

/// Of one era. Another era's window is empty.
#[derive(Debug, Default)]
pub(crate) struct Window {
    epoch: u32,
    /// The latest last.
    slots: VecDeque<Slot>,
    /// In all slots.
    failures: u64,
}

impl Window {
    /// Makes room for all slots, so that no call has to.
    pub(crate) fn reserve(&mut self) {
        self.slots.reserve_exact(MOST_KEPT - self.slots.len());
    }

    /// Forgets all that happened.
    pub(crate) fn clear(&mut self) {
        self.slots.clear();
        self.failures = 0;
    }

    /// Moves the window on to the slot that begins at `begin`; returns when its last slot begins, which is later if it has
    /// been moved further already. `successes` are those of the era `epoch` so far, asked for where a slot begins.
    pub(crate) fn turn(
        &mut self,
        epoch: u32,
        begin: u64,
        rule: &Windowed,
        successes: impl FnOnce() -> u64,
    ) -> u64 {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.clear();
        }
        while self.slots.front().is_some_and(|slot| slot.is_over(begin, rule)) {
            self.forget_first();
        }
        match self.slots.back() {
            Some(last) if last.begin >= begin => last.begin,
            _ => {
                if self.slots.len() >= MOST_KEPT {
                    self.forget_first();
                }
                let successes_before = successes();
                self.slots.push_back(Slot { begin, successes_before, failures: 0 });
                begin
            }
        }
    }

    fn forget_first(&mut self) {
        if let Some(slot) = self.slots.pop_front() {
            self.failures -= slot.failures;
        }
    }

    /// Counts a failure in the last slot; returns what the window held when it was last turned, and this failure.
    /// `successes` are those so far, `None` where the rule does not ask for them.
    pub(crate) fn fail(&mut self, successes: Option<u64>) -> Tally {
        if let Some(last) = self.slots.back_mut() {
            last.failures += 1;
            self.failures += 1;
        }
        let successes = self.slots.front().zip(successes);
        let successes =
            successes.map_or(0, |(first, now)| Successes::between(first.successes_before, now));
        Tally { failures: self.failures, calls: self.failures + successes }
    }

    /// Successes of the era `epoch` in each slot, by the nanoseconds that have passed since it began: those that came after
    /// the first `told` of the `total` there are.
    #[cfg(feature = "storage")]
    pub(crate) fn successes_since(
        &self,
        epoch: u32,
        (told, total): (u64, u64),
        now: Moment,
    ) -> Vec<(u64, u64)> {
        if self.epoch != epoch {
            return Vec::new();
        }
        let ends = self.slots.iter().skip(1).map(|slot| slot.successes_before).chain([total]);
        self.slots
            .iter()
            .zip(ends)
            .map(|(slot, end)| (slot, end.saturating_sub(slot.successes_before.max(told))))
            .filter(|(_, successes)| *successes > 0)
            .map(|(slot, successes)| (now.nanos().saturating_sub(slot.begin), successes))
            .collect()
    }

    /// What the window holds while the slot that begins at `begin` goes on. `successes` are those of the era `epoch`
    /// so far.
    pub(crate) fn tally(&self, epoch: u32, begin: u64, rule: &Windowed, successes: u64) -> Tally {
        if self.epoch != epoch {
            return Tally::default();
        }
        let mut inside = self.slots.iter().skip_while(|slot| slot.is_over(begin, rule)).peekable();
        let Some(first) = inside.peek() else {
            return Tally::default();
        };
        let successes = Successes::between(first.successes_before, successes);
        let failures = inside.map(|slot| slot.failures).sum();
        Tally { failures, calls: failures + successes }
    }
}

impl Slot {
    fn is_over(&self, begin: u64, rule: &Windowed) -> bool {
        self.begin.saturating_add(rule.length()) <= begin
    }
}

#[cfg(test)]
mod tests {
    use super::super::share::Share;
    use super::*;

    const RULE: Windowed = Windowed { slot: 10, rate: Share::ZERO, minimum_calls: 1 };

    /// A window, and the successes that others count for it.
    #[derive(Default)]
    struct Counted {
        window: Window,
        successes: u64,
    }

    impl Counted {
        fn at(&mut self, now: u64) -> u64 {
            self.window.turn(0, now - now % RULE.slot, &RULE, || self.successes)
        }

        fn fail(&mut self, now: u64) -> Tally {
            let begin = self.at(now);
            let tally = self.window.fail(Some(self.successes));
            assert_eq!(tally, self.tally(begin), "counted along, and counted anew");
            tally
        }

        fn succeed(&mut self, now: u64) {
            self.at(now);
            self.successes += 1;
        }

        fn tally(&self, now: u64) -> Tally {
            self.window.tally(0, now - now % RULE.slot, &RULE, self.successes)
        }
    }

    #[test]
    fn a_call_is_in_the_window_for_its_length_less_a_slot_at_least_and_never_longer() {
        for (begun, last_in) in [(0, 999), (9, 999), (10, 1_009), (995, 1_989)] {
            for fails in [true, false] {
                let mut counted = Counted::default();
                if fails {
                    counted.fail(begun);
                } else {
                    counted.succeed(begun);
                }
                assert_eq!(counted.tally(last_in).calls, 1, "{begun}");
                assert_eq!(counted.tally(last_in + 1), Tally::default(), "{begun}");
                assert_eq!(counted.fail(last_in + 1), Tally { failures: 1, calls: 1 }, "{begun}");
            }
        }
    }

    #[test]
    fn successes_are_counted_from_the_first_slot_in_the_window() {
        let mut counted = Counted::default();
        (0..5).for_each(|_| counted.succeed(0));
        (0..3).for_each(|_| counted.succeed(500));
        assert_eq!(counted.fail(999), Tally { failures: 1, calls: 9 });
        assert_eq!(counted.fail(1_000), Tally { failures: 2, calls: 5 });
        assert_eq!(counted.fail(1_500), Tally { failures: 3, calls: 3 });
        assert_eq!(counted.fail(9_999), Tally { failures: 1, calls: 1 });
    }

    #[test]
    fn what_comes_late_is_counted_in_the_last_slot() {
        let mut counted = Counted::default();
        counted.fail(700);
        assert_eq!(counted.fail(650), Tally { failures: 2, calls: 2 });
        assert_eq!((counted.at(650), counted.at(719)), (700, 710));
        assert_eq!(counted.tally(1_699), Tally { failures: 2, calls: 2 });
    }

    #[cfg(feature = "storage")]
    #[test]
    fn successes_are_told_by_their_age_and_once() {
        let mut counted = Counted::default();
        (0..5).for_each(|_| counted.succeed(0));
        (0..3).for_each(|_| counted.succeed(500));
        let since = |told| counted.window.successes_since(0, (told, 8), Moment::from_nanos(600));
        assert_eq!(since(0), [(600, 5), (100, 3)]);
        assert_eq!(since(4), [(600, 1), (100, 3)]);
        assert_eq!(since(6), [(100, 2)]);
        assert_eq!(since(8), []);
        assert_eq!(counted.window.successes_since(1, (0, 8), Moment::from_nanos(600)), []);
    }

    #[test]
    fn another_era_begins_with_an_empty_window() {
        let mut counted = Counted::default();
        counted.fail(0);
        assert_eq!(counted.window.tally(1, 0, &RULE, 7), Tally::default());
        counted.window.turn(1, 0, &RULE, || 0);
        assert_eq!(counted.window.fail(Some(0)), Tally { failures: 1, calls: 1 });
        assert_eq!(counted.window.tally(1, 0, &RULE, 7), Tally { failures: 1, calls: 8 });
        assert_eq!(counted.tally(0), Tally::default());
    }

    #[test]
    fn a_window_that_is_cleared_begins_with_the_successes_there_are() {
        let mut counted = Counted::default();
        (0..5).for_each(|_| counted.succeed(0));
        counted.fail(0);
        counted.window.clear();
        assert_eq!(counted.tally(0), Tally::default());
        assert_eq!(counted.fail(5), Tally { failures: 1, calls: 1 });
    }

    #[test]
    fn where_calls_are_not_asked_for_failures_are_the_calls() {
        let mut counted = Counted::default();
        (0..5).for_each(|_| counted.succeed(0));
        assert_eq!(counted.window.fail(None), Tally { failures: 1, calls: 1 });
    }

    #[test]
    fn slots_are_never_more_than_were_reserved() {
        let mut window = Window::default();
        window.reserve();
        let capacity = window.slots.capacity();
        for n in 0..10_000 {
            // Ever longer, so that nothing leaves by its age.
            let rule = Windowed { slot: n + 1, ..RULE };
            window.turn(0, n, &rule, || n);
            window.fail(Some(n));
        }
        assert_eq!((window.slots.len(), window.slots.capacity()), (MOST_KEPT, capacity));
        assert_eq!(window.failures, MOST_KEPT as u64);
    }

    #[test]
    fn a_full_window_that_is_made_twice_as_long_forgets_nothing() {
        let mut window = Window::default();
        for slot in 0..100 {
            window.turn(0, slot * 10, &RULE, || 0);
            window.fail(None);
        }
        let longer = Windowed { slot: 20, ..RULE };
        for slot in 50..100 {
            window.turn(0, slot * 20, &longer, || 0);
            window.fail(None);
        }
        assert_eq!(window.tally(0, 1_980, &longer, 0).failures, 150);
    }

    #[test]
    fn a_window_made_longer_or_shorter_keeps_what_is_in_both() {
        let mut window = Window::default();
        for begin in [0, 400, 800] {
            window.turn(0, begin, &RULE, || 0);
            window.fail(None);
        }
        let failures_in = |slot, begin| {
            let rule = Windowed { slot, ..RULE };
            window.tally(0, begin, &rule, 0).failures
        };
        assert_eq!(failures_in(10, 990), 3);
        assert_eq!(failures_in(5, 900), 1, "400 lies exactly 500 back, and is over");
        assert_eq!(failures_in(5, 895), 2);
        assert_eq!(failures_in(20, 1_980), 3);
    }
}
