//! The window of a breaker: failures under a lock, successes by each thread for itself.

use super::counters::Counters;
use crate::clock::Moment;
use crate::machine::{AtomicWord, Limits, Policy, Tally, Window, Windowed, Word};
use crate::poison::Unpoisoned;
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicU64, Ordering};

/// What happened in the window of a closed breaker.
#[derive(Debug)]
pub(super) struct Recent {
    /// The era and the slot that the window was last turned to. A success in the same ones has only itself to count.
    turned: AtomicU64,
    window: Mutex<Window>,
}

/// Nothing was ever turned to it.
const NEVER: u64 = u64::MAX;

impl Recent {
    pub(super) fn new() -> Self {
        Self { turned: AtomicU64::new(NEVER), window: Mutex::new(Window::default()) }
    }

    /// Makes room for a window if there is to be one, so that no call has to.
    pub(super) fn prepare(&self, limits: &Limits) {
        if let Policy::Windowed(_) = limits.policy {
            self.window.lock().unpoisoned().reserve();
        }
    }

    /// Counts a success of the era of `permit`, which was the current one when it was let into the machine.
    pub(super) fn succeeded(
        &self,
        permit: Word,
        (word, counters): (&AtomicWord, &Counters),
        rule: &Windowed,
        now: Moment,
    ) {
        let begin = rule.slot_at(now);
        if self.turned.load(Ordering::Relaxed) != mark(permit, begin) {
            self.turn(permit, (word, counters), rule, begin);
        }
        if !counters.add_success_of(permit.epoch()) {
            let _window = self.window.lock().unpoisoned();
            // Asked while the lock is held, as in `turn`.
            if permit.same_era(word.load()) {
                counters.add_shared_success_of(permit.epoch());
            }
        }
    }

    /// A slot begins with the number of successes there have been: it must be told before the next one is counted.
    #[cold]
    fn turn(
        &self,
        permit: Word,
        (word, counters): (&AtomicWord, &Counters),
        rule: &Windowed,
        begin: u64,
    ) {
        let mut window = self.window.lock().unpoisoned();
        // Asked while the lock is held: whoever turned the window to a later era had it before, and had seen that era.
        if permit.same_era(word.load()) {
            self.turn_to(&mut window, (permit, begin), rule, counters);
        }
    }

    fn turn_to(
        &self,
        window: &mut Window,
        (permit, begin): (Word, u64),
        rule: &Windowed,
        counters: &Counters,
    ) -> u64 {
        let successes = counters.successes_of(permit.epoch());
        window.turn(permit.epoch(), begin, rule, successes);
        let turned_to = window.turned_to().unwrap_or(begin);
        self.turned.store(mark(permit, turned_to), Ordering::Relaxed);
        successes
    }

    /// Counts a failure, and returns what the window holds with it; `None` if its era is over.
    pub(super) fn failed(
        &self,
        permit: Word,
        (word, counters): (&AtomicWord, &Counters),
        rule: &Windowed,
        now: impl FnOnce() -> Moment,
    ) -> Option<Tally> {
        let mut window = self.window.lock().unpoisoned();
        if !permit.same_era(word.load()) {
            return None;
        }
        let begin = rule.slot_at(now());
        let successes = self.turn_to(&mut window, (permit, begin), rule, counters);
        window.fail();
        let last = window.turned_to().unwrap_or(begin);
        Some(window.tally(permit.epoch(), last, rule, successes))
    }

    /// What the window of the era of `word` holds now.
    pub(super) fn tally(
        &self,
        word: Word,
        counters: &Counters,
        rule: &Windowed,
        now: Moment,
    ) -> Tally {
        let window = self.window.lock().unpoisoned();
        let successes = counters.successes_of(word.epoch());
        window.tally(word.epoch(), rule.slot_at(now), rule, successes)
    }
}

/// An era and the slot that begins at `begin`, in microseconds: slots are longer than one, and the next slot that looks
/// the same begins 50 days later.
fn mark(permit: Word, begin: u64) -> u64 {
    u64::from(permit.epoch()) << 42 | ((begin / 1_000) & ((1 << 42) - 1))
}
