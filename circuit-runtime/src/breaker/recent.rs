//! The window of a breaker: failures under a lock, successes by each thread for itself.

use super::circuit::CircuitBreaker;
use super::counters::Counters;
use crate::clock::Moment;
use crate::machine::{AtomicWord, Limits, Policy, Tally, Window, Windowed, Word};
use crate::poison::Unpoisoned;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Mutex, MutexGuard};

/// What happened in the window of a closed breaker.
#[derive(Debug)]
pub(super) struct Recent {
    /// The era and the slot that the window was last turned to. A success in the same ones has only itself to count.
    turned: AtomicU64,
    window: Mutex<Window>,
}

/// The era that a call was admitted in, and those who know whether it is over.
#[derive(Clone, Copy)]
pub(super) struct Era<'b> {
    permit: Word,
    word: &'b AtomicWord,
    counters: &'b Counters,
}

impl CircuitBreaker {
    pub(super) fn era_of(&self, permit: Word) -> Era<'_> {
        Era { permit, word: &self.word, counters: &self.counters }
    }
}

impl Era<'_> {
    /// Asked while the window is locked, the answer holds for what is done to it: whoever turns it to a later era has seen
    /// that one before, and waits.
    fn is_current(self) -> bool {
        self.permit.same_era(self.word.load())
    }

    fn epoch(self) -> u32 {
        self.permit.epoch()
    }

    fn successes(self) -> u64 {
        self.counters.successes_of(self.epoch())
    }

    /// This era and the slot that begins at `begin`, in microseconds: slots are longer than one, and the next slot that
    /// looks the same begins 50 days later.
    fn mark(self, begin: u64) -> u64 {
        u64::from(self.epoch()) << 42 | ((begin / 1_000) & ((1 << 42) - 1))
    }
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

    /// Counts a success of an `era` that was current when the machine saw it.
    pub(super) fn succeeded(&self, era: Era<'_>, rule: &Windowed, now: Moment) {
        let begin = rule.slot_at(now);
        if self.turned.load(Ordering::Relaxed) != era.mark(begin) {
            self.turn(era, rule, begin);
        }
        if !era.counters.add_success_of(era.epoch()) {
            let _window = self.window.lock().unpoisoned();
            if era.is_current() {
                era.counters.add_shared_success_of(era.epoch());
            }
        }
    }

    /// A slot begins with the number of successes there have been: it must be told before the next one is counted.
    #[cold]
    fn turn(&self, era: Era<'_>, rule: &Windowed, begin: u64) {
        let mut window = self.window.lock().unpoisoned();
        if era.is_current() {
            self.turn_to(&mut window, era, rule, (begin, era.successes()));
        }
    }

    fn turn_to(
        &self,
        window: &mut Window,
        era: Era<'_>,
        rule: &Windowed,
        (begin, successes): (u64, u64),
    ) {
        let begin = window.turn(era.epoch(), begin, rule, successes);
        self.turned.store(era.mark(begin), Ordering::Relaxed);
    }

    /// Counts a failure, and hands what the window holds with it to `apply`, before another failure is counted: so it is
    /// the first failure that is one too many that trips. A failure of an era that is over is not counted.
    pub(super) fn failed<T>(
        &self,
        era: Era<'_>,
        rule: &Windowed,
        now: impl FnOnce() -> Moment,
        apply: impl FnOnce(Tally) -> T,
    ) -> T {
        let mut window = self.window.lock().unpoisoned();
        if !era.is_current() {
            return apply(Tally::default());
        }
        let successes = era.successes();
        self.turn_to(&mut window, era, rule, (rule.slot_at(now()), successes));
        apply(window.fail(successes))
    }

    /// Failures of an era when the window was last turned.
    pub(super) fn failures(&self, era: Era<'_>) -> u64 {
        self.window.lock().unpoisoned().failures(era.epoch())
    }

    /// Keeps the window as it is, to read it together with other things.
    pub(super) fn lock(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unpoisoned()
    }
}

/// What the window of an era holds now.
pub(super) fn tally(window: &Window, era: Era<'_>, rule: &Windowed, now: Moment) -> Tally {
    window.tally(era.epoch(), rule.slot_at(now), rule, era.successes())
}
