//! The window of a breaker: failures under a lock, successes by each thread for itself.

use super::circuit::CircuitBreaker;
use super::counters::{Counters, Ending};
use crate::clock::{Clock, LAG, Moment};
use crate::machine::{AtomicWord, Limits, Policy, Tally, Window, Windowed, Word};
use crate::poison::Unpoisoned;
use crate::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use crate::sync::{Mutex, MutexGuard};

/// What happened in the window of a closed breaker.
#[derive(Debug)]
pub(super) struct Recent {
    /// The era that the window was last turned to, and when its last slot ends: a success of that era and before that has
    /// only itself to count. Written under the window's lock, the slot first, so that who sees the era sees its slot.
    turned_to: (AtomicU32, AtomicU64),
    /// Nanoseconds of a slot by the settings in force. Read and written under the window's lock.
    slot: AtomicU64,
    /// Whether such a slot is so long that a coarse clock will do.
    is_coarse: AtomicBool,
    /// How many failures the window held when the last one was counted, and the era of that.
    failures: AtomicU64,
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

    /// This era and a number, in one.
    fn and(self, number: u32) -> u64 {
        u64::from(self.epoch()) << 32 | u64::from(number)
    }
}

/// No era: an epoch has 21 bits.
const NONE: u32 = u32::MAX;

impl Recent {
    pub(super) fn new() -> Self {
        Self {
            turned_to: (AtomicU32::new(NONE), AtomicU64::new(0)),
            slot: AtomicU64::new(0),
            is_coarse: AtomicBool::new(false),
            failures: AtomicU64::new(0),
            window: Mutex::new(Window::default()),
        }
    }

    /// Makes room for a window if there is to be one, so that no call has to. Its slots may have another length from now
    /// on, so the last one is looked at anew.
    pub(super) fn prepare(&self, limits: &Limits) {
        self.exchange(limits, false, || ());
    }

    /// As [`prepare`](Self::prepare); where the window `begins_anew`, it does so at the same moment, for all who look at it,
    /// as `set` puts in force by what it is judged.
    pub(super) fn exchange(&self, limits: &Limits, begins_anew: bool, set: impl FnOnce()) {
        let Policy::Windowed(rule) = limits.policy else { return set() };
        let mut window = self.lock();
        window.reserve();
        self.slot.store(rule.slot, Ordering::Relaxed);
        let is_coarse = u128::from(rule.slot) > LAG.as_nanos();
        self.is_coarse.store(is_coarse, Ordering::Relaxed);
        self.turned_to.0.store(NONE, Ordering::Release);
        if begins_anew {
            window.clear();
        }
        set();
    }

    /// Counts the success of a call admitted under `permit`, which the machine has just seen to be current, if the window's
    /// last slot is still going on; returns whether it is.
    #[inline]
    pub(super) fn succeeded_in_slot(
        &self,
        permit: Word,
        counters: &Counters,
        clock: &Clock,
    ) -> bool {
        let now =
            || if self.is_coarse.load(Ordering::Relaxed) { clock.coarse() } else { clock.now() };
        if !self.is_turned_to(permit.epoch(), now) {
            return false;
        }
        let Some(line) = counters.own_line() else { return false };
        line.add(Ending::Success as usize);
        line.add_success_of(permit.epoch());
        true
    }

    fn is_turned_to(&self, epoch: u32, now: impl FnOnce() -> Moment) -> bool {
        let (turned_to, ends) = &self.turned_to;
        turned_to.load(Ordering::Acquire) == epoch && now().nanos() < ends.load(Ordering::Relaxed)
    }

    /// Counts a success of an `era` that was current when the machine saw it.
    pub(super) fn succeeded(&self, era: Era<'_>, rule: &Windowed, now: Moment) {
        if !self.is_turned_to(era.epoch(), || now) {
            self.turn(era, rule, rule.slot_at(now));
        }
        match era.counters.own_line() {
            Some(line) => line.add_success_of(era.epoch()),
            None => {
                let _window = self.lock();
                if era.is_current() {
                    era.counters.add_shared_success_of(era.epoch());
                }
            }
        }
    }

    /// A slot begins with the number of successes there have been: it must be told before the next one is counted.
    #[cold]
    fn turn(&self, era: Era<'_>, rule: &Windowed, begin: u64) {
        let mut window = self.lock();
        if era.is_current() {
            self.turn_to(&mut window, era, rule, begin);
        }
    }

    fn turn_to(&self, window: &mut Window, era: Era<'_>, rule: &Windowed, begin: u64) {
        let begin = window.turn(era.epoch(), begin, rule, || era.successes());
        let (epoch, ends) = &self.turned_to;
        ends.store(begin.saturating_add(self.slot.load(Ordering::Relaxed)), Ordering::Relaxed);
        epoch.store(era.epoch(), Ordering::Release);
    }

    /// Counts a failure, and hands what the window holds with it to `apply`, before another failure is counted: so it is
    /// the first failure that is one too many that trips. A failure of an era that is over is not counted.
    pub(super) fn failed<T>(
        &self,
        era: Era<'_>,
        (rule, limits): (&Windowed, &Limits),
        now: impl FnOnce() -> Moment,
        apply: impl FnOnce(Tally) -> T,
    ) -> T {
        let mut window = self.lock();
        if !era.is_current() {
            return apply(Tally::default());
        }
        self.turn_to(&mut window, era, rule, rule.slot_at(now()));
        let tally = window.fail(limits.counted_calls().map(|_| era.successes()));
        let failures = u32::try_from(tally.failures).unwrap_or(u32::MAX);
        self.failures.store(era.and(failures), Ordering::Relaxed);
        apply(tally)
    }

    /// Failures in the window when the last one was counted: an estimate, since some may have left it, that takes no lock.
    pub(super) fn failures(&self, era: Era<'_>) -> u32 {
        let failures = self.failures.load(Ordering::Relaxed).wrapping_sub(era.and(0));
        // What is not of this era is far off.
        u32::try_from(failures).unwrap_or(0)
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::breaker::{Listener, Settings};

    struct Silent;
    impl Listener for Silent {}

    fn rated(window: Duration) -> CircuitBreaker {
        let settings = Settings::new().window(window).failure_rate(0.5);
        CircuitBreaker::new("rated", settings).expect("valid")
    }

    #[test]
    fn only_long_slots_are_kept_by_the_coarse_clock() {
        let is_coarse = |window| rated(window).recent.is_coarse.load(Ordering::Relaxed);
        let shortest = LAG * u32::from(crate::machine::SLOTS);
        assert!(is_coarse(shortest.max(Duration::from_millis(1)) + Duration::from_micros(1)));
        if !shortest.is_zero() {
            assert!(!is_coarse(shortest));
        }
    }

    #[cfg(feature = "test-util")]
    #[test]
    fn a_success_in_a_slot_that_goes_on_takes_no_lock_watched_or_not() {
        let breaker = rated(Duration::from_secs(60));
        breaker.set_clock(&crate::test_util::ManualClock::new());
        let succeed = || breaker.try_acquire().expect("closed").success();
        succeed();
        for is_watched in [false, true] {
            if is_watched {
                breaker.add_listener(Silent);
            }
            let window = breaker.recent.lock();
            std::thread::scope(|scope| scope.spawn(succeed).join().expect("no lock is waited for"));
            drop(window);
        }
        assert_eq!(breaker.snapshot().window_calls, Some(3));
    }

    #[cfg(feature = "test-util")]
    #[test]
    fn a_clock_at_its_end_still_counts() {
        let breaker = rated(Duration::from_secs(60));
        let clock = crate::test_util::ManualClock::new();
        breaker.set_clock(&clock);
        clock.advance(Duration::MAX);
        breaker.try_acquire().expect("closed").success();
        breaker.try_acquire().expect("closed").failure(&"down");
        assert_eq!(breaker.snapshot().window_calls, Some(2));
    }
}
