//! What can be done to a breaker while it runs.

use std::error::Error;
use std::time::Duration;

use super::circuit::CircuitBreaker;
use super::failing::early_failures;
use super::listener::{Entry, Listener, ListenerId};
use super::mode::Mode;
use super::settings::Settings;
use super::settings_error::SettingsError;
use crate::machine::{Event, Watch};
use crate::poison::Unpoisoned;
use crate::sync::atomic::Ordering;

impl CircuitBreaker {
    /// Opens the breaker by hand, for one `ttl` and its `jitter` from now. Outcomes of calls begun before count for nothing.
    pub fn open(&self) {
        self.by_hand(Event::Open);
    }

    /// Makes the breaker half-open by hand: the next calls are probes.
    pub fn half_open(&self) {
        self.by_hand(Event::HalfOpen);
    }

    /// Closes the breaker by hand and clears its counts.
    pub fn close(&self) {
        self.by_hand(Event::Close);
    }

    /// Changes the mode. State and counts stay as they are, for when it is changed back.
    pub fn set_mode(&self, mode: Mode) {
        let _settings = self.settings.lock().unpoisoned();
        self.mode.set(mode);
        self.update_watch();
    }

    /// Changes the settings that are given in `settings` and leaves the others as they are. State and counts are
    /// kept; what they are compared with changes at once, for all calls together.
    ///
    /// Failures in a row and failures in a window are counted apart, so a breaker that is given its first `window` begins
    /// with an empty one. It begins anew when calls are to be counted in it that were not before, by its first
    /// `failure_rate`, or by `minimum_calls` above the `threshold`: nobody knows how many there have been. What was given
    /// once can be changed, and not taken back: for a `slow_call`, a day comes to the same.
    ///
    /// # Errors
    ///
    /// If the settings that would result are out of range or contradict each other; nothing changes then.
    pub fn set_settings(&self, settings: Settings) -> Result<(), SettingsError> {
        let mut current = self.settings.lock().unpoisoned();
        let changed = settings.over(*current);
        let limits = changed.validated(self.name())?;
        let counted_before = self.limits.get().counted_calls().is_some();
        self.limits.set(&limits);
        self.early_failures.store(early_failures(&limits), Ordering::Relaxed);
        self.recent.prepare(&limits);
        self.update_watch();
        self.work_out_reopening(&self.journal.lock().unpoisoned(), self.word.load());
        if limits.counted_calls().is_some() && !counted_before {
            self.recent.clear();
        }
        *current = changed;
        Ok(())
    }

    /// Changes the `threshold` and nothing else.
    ///
    /// # Errors
    ///
    /// If it is zero.
    pub fn set_threshold(&self, threshold: u32) -> Result<(), SettingsError> {
        self.set_settings(Settings::new().threshold(threshold))
    }

    /// Changes the `ttl` and nothing else. The time that an open breaker has left is measured anew, from when it
    /// opened.
    ///
    /// # Errors
    ///
    /// If it is zero, longer than 30 days, or longer than a given `max_ttl`.
    pub fn set_ttl(&self, ttl: Duration) -> Result<(), SettingsError> {
        self.set_settings(Settings::new().ttl(ttl))
    }

    /// From now on, errors of type `E` count as successes in all functions of this breaker, also inside other
    /// errors: as `exclude = [E]` in each of their attributes.
    pub fn exclude<E: Error + 'static>(&self) {
        self.exclusions.add_type::<E>();
    }

    /// As [`exclude`](Self::exclude), for those errors of type `E` for which `test` is true.
    ///
    /// It sees every `E` inside an error. The error that a function itself returns it sees only where that is
    /// known to borrow nothing: in functions whose attribute has a list (`exclude = []` will do).
    pub fn exclude_if<E: Error + 'static>(&self, test: fn(&E) -> bool) {
        self.exclusions.add_test(test);
    }

    /// Takes back every [`exclude`](Self::exclude) and [`exclude_if`](Self::exclude_if) of `E`. What attributes
    /// exclude stays excluded.
    pub fn stop_excluding<E: Error + 'static>(&self) {
        self.exclusions.remove::<E>();
    }

    /// Adds a listener to this breaker. While it has one, every call takes the slower path.
    pub fn add_listener(&self, listener: impl Listener) -> ListenerId {
        self.add_entry(Entry::new(listener))
    }

    pub(crate) fn add_entry(&self, entry: Entry) -> ListenerId {
        let _settings = self.settings.lock().unpoisoned();
        let id = entry.id;
        self.listeners.add(entry);
        self.update_watch();
        id
    }

    /// Removes a listener; returns whether it was there. Calls that are already telling it go on doing so.
    pub fn remove_listener(&self, id: ListenerId) -> bool {
        self.remove_entry(id).is_some()
    }

    pub(crate) fn remove_entry(&self, id: ListenerId) -> Option<Entry> {
        let _settings = self.settings.lock().unpoisoned();
        let removed = self.listeners.remove(id);
        self.update_watch();
        removed
    }

    /// Sends calls down the slower path while there is anything on it.
    fn update_watch(&self) {
        let is_watched = self.mode() != Mode::Normal || !self.listeners.is_empty();
        self.watch(if is_watched { Watch::Calls } else { self.limits.get().watch() });
    }

    /// Reads time from `clock` from now on: for tests, before the breaker's first call. Breakers with a name are shared
    /// by all tests of a process, so there each has one clock.
    ///
    /// # Panics
    ///
    /// If the breaker has a manual clock already, or is not closed.
    #[cfg(feature = "test-util")]
    pub fn set_clock(&self, clock: &crate::test_util::ManualClock) {
        // The time at which it opened was read from the clock it had until now.
        let state = crate::State::from(self.word.load().phase());
        assert!(
            state == crate::State::Closed,
            "circuit breaker {:?} is {state} already",
            self.name()
        );
        assert!(
            self.clock.set(clock),
            "circuit breaker {:?} has a manual clock already",
            self.name()
        );
        self.journal.lock().unpoisoned().restart(self.clock.now());
    }

    pub(crate) fn tell_registered(&self) {
        self.listeners.tell(|listener| listener.registered(self));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nobody;
    impl Listener for Nobody {}

    #[test]
    fn calls_take_the_slower_path_only_while_somebody_watches() {
        let breaker = CircuitBreaker::new("watched", Settings::new()).expect("valid");
        let is_watched = || breaker.word.load().is_watched();
        assert!(!is_watched());
        let id = breaker.add_listener(Nobody);
        breaker.set_mode(Mode::Shadow);
        assert!(is_watched());
        breaker.remove_listener(id);
        assert!(is_watched(), "by its mode");
        breaker.set_mode(Mode::Normal);
        assert!(!is_watched());
        let second = Duration::from_secs(1);
        breaker.set_settings(Settings::new().window(second)).expect("valid");
        assert!(!is_watched(), "failures alone are counted");
        breaker.set_settings(Settings::new().failure_rate(0.5)).expect("valid");
        assert!(breaker.word.load().is_clean_and_counted(), "successes too, by its window");
        let slow = Settings::new().slow_call(second);
        assert!(CircuitBreaker::new("slow", slow).expect("valid").word.load().is_watched());
    }
}
