//! The breaker: what can be read of it and done to it by hand.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::counters::Counters;
use super::exclusion::Exclusions;
use super::journal::Journal;
use super::listener::{Entry, Listener, ListenerId, Listeners};
use super::mode::{AtomicMode, Mode};
use super::rejected::Identity;
use super::settings::{Settings, SettingsError};
use super::snapshot::Snapshot;
use super::trip::Trip;
use crate::clock::Clock;
use crate::machine::{AtomicWord, Event, LimitsCell, Phase, State, Word, reopens_in};
use crate::poison::Unpoisoned;

/// A circuit breaker.
///
/// Registered breakers are `'static`: [`breaker!`](crate::breaker), [`Registry::get`](crate::Registry::get). One
/// that belongs to a value of your own is made with [`new`](Self::new).
#[derive(Debug)]
pub struct CircuitBreaker {
    pub(super) word: AtomicWord,
    pub(super) counters: Counters,
    pub(super) limits: LimitsCell,
    pub(super) mode: AtomicMode,
    pub(super) identity: Identity,
    pub(super) clock: Clock,
    pub(super) listeners: Listeners,
    pub(super) exclusions: Exclusions,
    pub(super) journal: Mutex<Journal>,
    /// Held while settings, mode or listeners change, so that the word's `watched` bit agrees with them.
    settings: Mutex<Settings>,
}

impl CircuitBreaker {
    /// A breaker of your own, which no registry knows.
    ///
    /// ```
    /// use circuit_runtime::{CircuitBreaker, Settings, State};
    ///
    /// let breaker = CircuitBreaker::new("payments", Settings::new().threshold(3))?;
    /// assert_eq!(breaker.state(), State::Closed);
    /// assert!(CircuitBreaker::new("payments", Settings::new().threshold(0)).is_err());
    /// # Ok::<(), circuit_runtime::SettingsError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a setting is out of range or contradicts another, or the name is empty, longer than 200 bytes or has
    /// control characters.
    pub fn new(name: impl AsRef<str>, settings: Settings) -> Result<Self, SettingsError> {
        let name = name.as_ref();
        settings.validated(name)?;
        Self::with_identity(Identity::owned(name), settings)
    }

    /// A breaker that will live for ever.
    pub(crate) fn registered(
        name: &str,
        settings: Settings,
    ) -> Result<&'static Self, SettingsError> {
        settings.validated(name)?;
        Ok(Box::leak(Box::new(Self::with_identity(Identity::registered(name), settings)?)))
    }

    fn with_identity(identity: Identity, settings: Settings) -> Result<Self, SettingsError> {
        let limits = settings.validated(identity.name())?;
        let clock = Clock::default();
        Ok(Self {
            word: AtomicWord::new(),
            counters: Counters::new(),
            limits: LimitsCell::new(&limits),
            mode: AtomicMode::new(),
            journal: Mutex::new(Journal::new(clock.now())),
            identity,
            clock,
            listeners: Listeners::default(),
            exclusions: Exclusions::default(),
            settings: Mutex::new(settings),
        })
    }

    /// The breaker's name.
    pub fn name(&self) -> &str {
        self.identity.name()
    }

    /// The state as the next call will find it: an open breaker whose `ttl` has passed reads `HalfOpen`, though
    /// nothing changes until that call. One that is [`Mode::ForcedOpen`] reads `Open`.
    pub fn state(&self) -> State {
        self.state_of(self.word.load())
    }

    fn state_of(&self, word: Word) -> State {
        if self.mode() == Mode::ForcedOpen {
            return State::Open;
        }
        match State::from(word.phase()) {
            State::Open if self.wait_of(word).is_none() => State::HalfOpen,
            state => state,
        }
    }

    fn wait_of(&self, word: Word) -> Option<Duration> {
        match word.phase() {
            Phase::Closed { .. } => None,
            _ => reopens_in(word, &self.limits.get(), self.clock.now()),
        }
    }

    /// Failures in a row, counted now; zero unless closed.
    pub fn failure_count(&self) -> u32 {
        match self.word.load().phase() {
            Phase::Closed { failures } => failures,
            _ => 0,
        }
    }

    /// Successful probes in a row; zero unless half-open.
    pub fn success_count(&self) -> u32 {
        match self.word.load().phase() {
            Phase::HalfOpen { successes, .. } => u32::from(successes),
            _ => 0,
        }
    }

    /// How long until the next call is let in. `None` if that is now, or if the breaker is forced open and time
    /// alone will not help.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.mode() {
            Mode::Normal => self.wait_of(self.word.load()),
            Mode::ForcedOpen | Mode::Disabled | Mode::Shadow => None,
        }
    }

    /// Everything there is to know, in one consistent reading.
    pub fn snapshot(&self) -> Snapshot {
        // Changes of state hold this lock, so what the journal says and what the word says belong together.
        let journal = self.journal.lock().unpoisoned();
        let word = self.word.load();
        let (failures, successes, probes_in_flight) = match word.phase() {
            Phase::Closed { failures } => (failures, 0, 0),
            Phase::Open { .. } => (0, 0, 0),
            Phase::HalfOpen { successes, in_flight, .. } => (0, successes.into(), in_flight.into()),
        };
        let time_in = journal.time_in(State::from(word.phase()), self.clock.now());
        let opened_at = journal.opened_at();
        let transitions = journal.transitions();
        let last_trip = self.identity.last_trip();
        drop(journal);
        let mode = self.mode();
        Snapshot {
            name: self.name().into(),
            state: self.state_of(word),
            mode,
            failures,
            successes,
            probes_in_flight,
            calls: self.counters.read(),
            opened_at,
            retry_after: (mode == Mode::Normal).then(|| self.wait_of(word)).flatten(),
            transitions,
            time_in_state: [
                (State::Closed, time_in[State::Closed as usize]),
                (State::Open, time_in[State::Open as usize]),
                (State::HalfOpen, time_in[State::HalfOpen as usize]),
            ],
            settings: self.settings(),
            last_trip,
            listener_panics: self.listeners.panics(),
        }
    }

    /// Why the breaker opened the last time.
    pub fn last_trip(&self) -> Option<Arc<Trip>> {
        self.identity.last_trip()
    }

    /// Opens the breaker by hand, for one `ttl` from now. Outcomes of calls begun before count for nothing.
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

    /// The mode.
    pub fn mode(&self) -> Mode {
        self.mode.get()
    }

    /// Changes the mode. State and counts stay as they are, for when it is changed back.
    pub fn set_mode(&self, mode: Mode) {
        let _settings = self.settings.lock().unpoisoned();
        self.mode.set(mode);
        self.update_watch();
    }

    /// The settings in force.
    pub fn settings(&self) -> Settings {
        *self.settings.lock().unpoisoned()
    }

    /// Replaces the settings. State and counts are kept; what they are compared with changes at once, for all
    /// calls together.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new); nothing changes then.
    pub fn set_settings(&self, settings: Settings) -> Result<(), SettingsError> {
        self.change_settings(|_| settings)
    }

    /// Changes the `threshold` and nothing else.
    ///
    /// # Errors
    ///
    /// If it is zero.
    pub fn set_threshold(&self, threshold: u32) -> Result<(), SettingsError> {
        self.change_settings(|settings| settings.threshold(threshold))
    }

    /// Changes the `ttl` and nothing else. An open breaker's time is measured anew from when it opened.
    ///
    /// # Errors
    ///
    /// If it is zero, longer than 30 days, or longer than a given `max_ttl`.
    pub fn set_ttl(&self, ttl: Duration) -> Result<(), SettingsError> {
        self.change_settings(|settings| settings.ttl(ttl))
    }

    fn change_settings(
        &self,
        change: impl FnOnce(Settings) -> Settings,
    ) -> Result<(), SettingsError> {
        let mut settings = self.settings.lock().unpoisoned();
        let changed = change(*settings);
        self.limits.set(&changed.validated(self.name())?);
        *settings = changed;
        Ok(())
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
        let _settings = self.settings.lock().unpoisoned();
        let removed = self.listeners.remove(id);
        self.update_watch();
        removed
    }

    pub(crate) fn tell_registered(&self) {
        self.listeners.tell(|listener| listener.registered(self));
    }

    /// Sends calls down the slower path while there is anything on it.
    fn update_watch(&self) {
        let watched = self.mode() != Mode::Normal || !self.listeners.is_empty();
        self.watch(watched);
    }

    /// Reads time from `clock` from now on: for tests.
    ///
    /// # Panics
    ///
    /// If the breaker has a manual clock already.
    #[cfg(feature = "test-util")]
    pub fn set_clock(&self, clock: &crate::test_util::ManualClock) {
        assert!(
            self.clock.set(clock),
            "circuit breaker {:?} has a manual clock already",
            self.name()
        );
        self.journal.lock().unpoisoned().restart(self.clock.now());
    }
}

impl fmt::Display for CircuitBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "circuit breaker {:?} is {}", self.name(), self.state())
    }
}
