//! What can be done to a breaker while it runs.

use std::error::Error;

use super::change::{ModeChange, Operation};
use super::circuit::CircuitBreaker;
use super::exclusion::Exclusion;
use super::listener::{Listener, ListenerId};
use super::listeners::Entry;
use super::mode::Mode;
use crate::machine::{Event, Watch};
use crate::poison::Unpoisoned;

impl CircuitBreaker {
    /// Opens the breaker by hand, for one `ttl` and its `jitter` from now. Outcomes of calls begun before count for nothing.
    ///
    /// ```
    /// # use circuit_runtime::{CircuitBreaker, Rule, Settings, State};
    /// # let breaker = CircuitBreaker::new("db", Settings::new())?;
    /// breaker.open();
    /// assert!(breaker.try_acquire().is_err());
    /// assert_eq!(breaker.last_trip().unwrap().rule, Rule::ByHand);
    /// breaker.half_open();
    /// breaker.try_acquire().expect("a probe").success();
    /// assert_eq!(breaker.state(), State::Closed);
    /// # Ok::<(), circuit_runtime::SettingsError>(())
    /// ```
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
    ///
    /// ```
    /// # use circuit_runtime::{CircuitBreaker, Mode, Settings};
    /// # let breaker = CircuitBreaker::new("db", Settings::new())?;
    /// breaker.set_mode(Mode::ForcedOpen);
    /// assert_eq!(breaker.try_acquire().unwrap_err().retry_after(), None);
    /// breaker.set_mode(Mode::Normal);
    /// assert!(breaker.try_acquire().is_ok());
    /// # Ok::<(), circuit_runtime::SettingsError>(())
    /// ```
    pub fn set_mode(&self, mode: Mode) {
        let change = self.exchange_mode(mode);
        #[cfg(feature = "storage")]
        if let Some(membership) = self.membership.get() {
            membership.mode_set(self, mode);
        }
        if let Some(change) = change {
            self.tell_mode_change(&change);
        }
    }

    pub(crate) fn tell_mode_change(&self, change: &ModeChange) {
        self.listeners.tell_of_change(|listener| listener.mode_change(self, change));
    }

    #[cfg(feature = "storage")]
    pub(crate) fn tell_storage_change(&self, change: &super::change::StorageChange) {
        self.listeners.tell_of_change(|listener| listener.storage_change(change));
    }

    pub(crate) fn exchange_mode(&self, mode: Mode) -> Option<ModeChange> {
        let _settings = self.settings.lock().unpoisoned();
        let from = self.mode.get();
        self.mode.set(mode);
        self.update_watch();
        (from != mode).then_some(ModeChange { from, to: mode })
    }

    /// From now on, errors of type `E` count as successes in all functions of this breaker, also inside other
    /// errors: as `exclude = [E]` in each of their attributes.
    ///
    /// ```
    /// # use circuit_runtime::{CircuitBreaker, Settings};
    /// # let breaker = CircuitBreaker::new("db", Settings::new().threshold(1))?;
    /// breaker.exclude::<std::num::ParseIntError>();
    /// assert!(breaker.call(|| "x".parse::<u8>()).is_err());
    /// assert_eq!(breaker.snapshot().calls.excluded, 1);
    ///
    /// breaker.stop_excluding::<std::num::ParseIntError>();
    /// assert!(breaker.call(|| "x".parse::<u8>()).is_err());
    /// assert_eq!(breaker.snapshot().calls.failure, 1);
    /// # Ok::<(), circuit_runtime::SettingsError>(())
    /// ```
    pub fn exclude<E: Error + 'static>(&self) {
        self.add_exclusion(Exclusion::of_type::<E>());
    }

    /// As [`exclude`](Self::exclude), for those errors of type `E` for which `test` is true.
    ///
    /// It sees every `E` inside an error. The error that a function itself returns it sees only where that is
    /// known to borrow nothing: in functions whose attribute has a list (`exclude = []` will do).
    ///
    /// ```
    /// use std::io;
    /// use circuit_runtime::{breaker, circuit_breaker};
    ///
    /// #[circuit_breaker(name = "exclude_if", exclude = [])]
    /// fn open(path: &str) -> io::Result<std::fs::File> {
    ///     std::fs::File::open(path)
    /// }
    ///
    /// let breaker = breaker!("exclude_if");
    /// breaker.exclude_if::<io::Error>(|error| error.kind() == io::ErrorKind::NotFound);
    /// assert!(open("/nowhere/to/be/found").is_err());
    /// assert_eq!(breaker.failure_count(), 0);
    /// ```
    pub fn exclude_if<E: Error + 'static>(&self, test: fn(&E) -> bool) {
        self.add_exclusion(Exclusion::of_those(test));
    }

    pub(crate) fn add_exclusion(&self, exclusion: Exclusion) {
        self.exclusions.add(exclusion);
    }

    /// Takes back every [`exclude`](Self::exclude) and [`exclude_if`](Self::exclude_if) of `E`, and for this breaker those
    /// of the [configuration](crate::configure) as well. What attributes exclude stays excluded.
    pub fn stop_excluding<E: Error + 'static>(&self) {
        self.exclusions.remove::<E>();
    }

    /// Adds a listener to this breaker. While it has one that [hears calls](Listener::hears_calls), every call takes the
    /// slower path.
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
    ///
    /// ```
    /// # use circuit_runtime::{CircuitBreaker, Settings, on_change};
    /// # let breaker = CircuitBreaker::new("db", Settings::new())?;
    /// let id = breaker.add_listener(on_change(|event| println!("{event}")));
    /// assert!(breaker.remove_listener(id));
    /// assert!(!breaker.remove_listener(id));
    /// # Ok::<(), circuit_runtime::SettingsError>(())
    /// ```
    pub fn remove_listener(&self, id: ListenerId) -> bool {
        self.remove_entry(id).is_some()
    }

    pub(crate) fn remove_entry(&self, id: ListenerId) -> Option<Entry> {
        let _settings = self.settings.lock().unpoisoned();
        let removed = self.listeners.remove(id);
        self.update_watch();
        removed
    }

    fn update_watch(&self) {
        self.watch_for(self.limits.get().watch());
    }

    /// Sends calls down the slower path while there is anything on it, or `limits` want it.
    pub(super) fn watch_for(&self, limits: Watch) {
        let is_watched = self.mode() != Mode::Normal || self.listeners.hear_calls();
        self.watch(if is_watched { Watch::Calls } else { limits });
    }

    /// Reads time from `clock` from now on: for tests, before the breaker's first call. Breakers with a name are shared
    /// by all tests of a process, so there each has one clock.
    ///
    /// # Panics
    ///
    /// If the breaker has a manual clock already, or is not closed.
    #[cfg(feature = "test-util")]
    #[track_caller]
    pub fn set_clock(&self, clock: &crate::clock::ManualClock) {
        // The time at which it opened was read from the clock it had until now.
        let state = crate::State::from(self.word.load().phase());
        assert!(
            state == crate::State::Closed,
            "circuit breaker {:?} is {state} already: a test of breakers with a name begins with `test_util::isolate_by(&clock)`",
            self.name()
        );
        assert!(
            self.clock.set(clock),
            "circuit breaker {:?} has a manual clock already: if the test is isolated, that of `isolate_by(&clock)`",
            self.name()
        );
        self.journal.lock().unpoisoned().restart(self.clock.now());
    }

    /// Tells listeners that somebody has changed this breaker, and who: for doors of your own, behind which one is known by
    /// name. It changes nothing itself.
    pub fn tell_operated(&self, operation: &Operation) {
        self.listeners.tell_of_change(|listener| listener.operated(self, operation));
    }

    pub(crate) fn tell_registered(&self) {
        self.listeners.tell_of_change(|listener| listener.registered(self));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::breaker::Settings;

    struct Nobody;
    impl Listener for Nobody {}

    struct OfChanges;
    impl Listener for OfChanges {
        fn hears_calls(&self) -> bool {
            false
        }
    }

    #[test]
    fn calls_take_the_slower_path_only_while_somebody_watches() {
        let breaker = CircuitBreaker::new("watched", Settings::new()).expect("valid");
        let is_watched = || breaker.word.load().is_watched();
        assert!(!is_watched());
        breaker.add_listener(OfChanges);
        assert!(!is_watched(), "who hears changes alone watches no call");
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
