//! The breaker, and what can be read of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::counters::Counters;
use super::exclusion::Exclusions;
use super::failing::early_failures;
use super::journal::Journal;
use super::layers::Layers;
use super::listeners::Listeners;
use super::mode::{AtomicMode, Mode};
use super::recent::{Recent, tally};
use super::rejected::Identity;
use super::reopening::Reopening;
use super::settings::Settings;
use super::settings_error::SettingsError;
use super::sharing::Sharing;
use super::snapshot::Snapshot;
use super::trip::Trip;
use crate::clock::{Clock, Moment};
use crate::machine::{
    AtomicWord, Limits, LimitsCell, Phase, Policy, State, Tally, Window, Word, reopens_in,
};
use crate::poison::Unpoisoned;
use crate::sync::Mutex;
use crate::sync::atomic::AtomicU32;

/// A circuit breaker.
///
/// Registered breakers are `'static`: [`breaker!`](crate::breaker), [`Registry::get`](crate::Registry::get). One
/// that belongs to a value of your own is made with [`new`](Self::new).
pub struct CircuitBreaker {
    pub(super) word: AtomicWord,
    pub(super) counters: Counters,
    /// How many failures in a row are too early for a trip to tell of them.
    pub(super) early_failures: AtomicU32,
    pub(super) reopening: Reopening,
    pub(super) limits: LimitsCell,
    pub(super) recent: Recent,
    pub(super) mode: AtomicMode,
    pub(super) identity: Identity,
    pub(super) clock: Clock,
    pub(super) listeners: Listeners,
    pub(super) exclusions: Exclusions,
    pub(super) journal: Mutex<Journal>,
    #[cfg(feature = "storage")]
    pub(super) membership: std::sync::OnceLock<Arc<dyn super::membership::Membership>>,
    /// Held while settings, mode or listeners change, so that what the word says of them is right.
    pub(super) settings: Mutex<Layers>,
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
        let limits = settings.validated(name)?;
        Ok(Self::with_identity(Identity::owned(name), settings, &limits))
    }

    /// A breaker that will live for ever.
    pub(crate) fn registered(
        name: &str,
        settings: Settings,
    ) -> Result<&'static Self, SettingsError> {
        let limits = settings.validated(name)?;
        let breaker = Self::with_identity(Identity::registered(name), settings, &limits);
        Ok(Box::leak(Box::new(breaker)))
    }

    fn with_identity(identity: Identity, settings: Settings, limits: &Limits) -> Self {
        let clock = Clock::default();
        let recent = Recent::new();
        recent.prepare(limits);
        Self {
            word: AtomicWord::new(Word::NEW.watched(limits.watch())),
            counters: Counters::new(),
            early_failures: AtomicU32::new(early_failures(limits)),
            reopening: Reopening::never(),
            limits: LimitsCell::new(limits),
            recent,
            mode: AtomicMode::new(),
            journal: Mutex::new(Journal::new(clock.now())),
            #[cfg(feature = "storage")]
            membership: std::sync::OnceLock::new(),
            identity,
            clock,
            listeners: Listeners::default(),
            exclusions: Exclusions::default(),
            settings: Mutex::new(Layers::of(settings)),
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// The breaker's name.
    pub fn name(&self) -> &str {
        self.identity.name()
    }

    pub(super) fn shared_name(&self) -> Arc<str> {
        self.identity.shared_name()
    }

    /// The state as the next call will find it, if the [`mode`](Self::mode) asks for it: an open breaker whose `ttl` has
    /// passed reads `HalfOpen`, though nothing changes until that call. One that is [`Mode::ForcedOpen`] reads `Open`. For a
    /// look at it, not for a decision: only a call moves an open breaker on, so make it and look at what it returns.
    ///
    /// ```
    /// # use circuit_runtime::{CircuitBreaker, Settings, State};
    /// # let breaker = CircuitBreaker::new("db", Settings::new())?;
    /// assert_eq!(breaker.state(), State::Closed);
    /// breaker.open();
    /// assert_eq!(breaker.state().as_str(), "open");
    /// # Ok::<(), circuit_runtime::SettingsError>(())
    /// ```
    pub fn state(&self) -> State {
        self.reading_of(self.word.load(), self.mode()).0
    }

    /// What a call would find, and how long until that changes: from one look at mode, limits and clock.
    fn reading_of(&self, word: Word, mode: Mode) -> (State, Option<Duration>) {
        if mode == Mode::ForcedOpen {
            return (State::Open, None);
        }
        let state = State::from(word.phase());
        if state == State::Closed {
            return (state, None);
        }
        let (state, wait) = self.wait_in(word, state);
        (state, wait.filter(|_| mode == Mode::Normal))
    }

    /// As [`reading_of`](Self::reading_of), of a word that is not closed, whatever the mode.
    pub(super) fn wait_in(&self, word: Word, state: State) -> (State, Option<Duration>) {
        #[cfg(feature = "storage")]
        if let Some(membership) = self.governed() {
            let left = self.left_open(word);
            let state = if left.is_some() { state } else { State::HalfOpen };
            return (state, left.or_else(|| membership.wait(self)).map(Duration::from_millis));
        }
        let wait = reopens_in(word, &self.limits.get(), self.clock.now());
        (if wait.is_none() { State::HalfOpen } else { state }, wait)
    }

    /// Failures counted now: in a row, or in the window if there is one; zero unless closed.
    pub fn failure_count(&self) -> u32 {
        let word = self.word.load();
        match (word.phase(), self.limits.get().policy) {
            (Phase::Closed { failures }, Policy::Consecutive) => failures,
            _ => self.failures_in(&self.recent.lock(), word).0,
        }
    }

    /// Failures, and calls in the window where they are counted.
    fn failures_in(&self, window: &Window, word: Word) -> (u32, Option<u64>) {
        let Phase::Closed { failures } = word.phase() else { return (0, None) };
        let limits = self.limits.get();
        let Policy::Windowed(rule) = limits.policy else { return (failures, None) };
        let Tally { failures, calls } = tally(window, self.era_of(word), &rule, self.clock.now());
        let calls = limits.counted_calls().map(|_| calls);
        (u32::try_from(failures).unwrap_or(u32::MAX), calls)
    }

    /// Successful probes in a row; zero unless half-open.
    pub fn success_count(&self) -> u32 {
        match self.word.load().phase() {
            Phase::HalfOpen { successes, .. } => u32::from(successes),
            _ => 0,
        }
    }

    /// How long until the next call is let in.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use circuit_runtime::{CircuitBreaker, Settings};
    /// # let breaker = CircuitBreaker::new("db", Settings::new().ttl(Duration::from_secs(60)))?;
    /// assert_eq!(breaker.retry_after(), None);
    /// breaker.open();
    /// assert!(breaker.retry_after() > Some(Duration::from_secs(59)));
    /// # Ok::<(), circuit_runtime::SettingsError>(())
    /// ```
    ///
    /// `None` if that is now, or if the breaker is forced open and time
    /// alone will not help.
    pub fn retry_after(&self) -> Option<Duration> {
        self.reading_of(self.word.load(), self.mode()).1
    }

    /// Everything there is to know, in one consistent reading. Takes two locks that calls take only where they fail in a
    /// window or change the state, and adds up the counts of all threads.
    ///
    /// ```
    /// # use circuit_runtime::{CircuitBreaker, Settings, State};
    /// # let breaker = CircuitBreaker::new("db", Settings::new().threshold(2))?;
    /// breaker.try_acquire()?.success();
    /// breaker.try_acquire()?.failure(&"connection refused");
    /// let snapshot = breaker.snapshot();
    /// assert_eq!((snapshot.state, snapshot.failures), (State::Closed, 1));
    /// assert_eq!((snapshot.calls.success, snapshot.calls.failure), (1, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn snapshot(&self) -> Snapshot {
        // Changes of state hold the journal's lock, and failures in the window the window's, so what they say and what the
        // word says belong together.
        let window = self.recent.lock();
        let journal = self.journal.lock().unpoisoned();
        let word = self.word.load();
        let (failures, window_calls) = self.failures_in(&window, word);
        let (successes, probes_in_flight) = match word.phase() {
            Phase::Closed { .. } | Phase::Open { .. } => (0, 0),
            Phase::HalfOpen { successes, in_flight, .. } => (successes.into(), in_flight.into()),
        };
        let time_in = journal.time_in(State::from(word.phase()), self.clock.now());
        let opened_at = journal.opened_at();
        let transitions = journal.transitions();
        #[cfg(feature = "ops")]
        let has_opened = journal.has_opened();
        let last_trip = self.identity.last_trip();
        drop(journal);
        drop(window);
        let mode = self.mode();
        let (state, retry_after) = self.reading_of(word, mode);
        Snapshot {
            name: self.name().into(),
            state,
            mode,
            failures,
            window_calls,
            successes,
            probes_in_flight,
            calls: self.counters.read(),
            opened_at,
            retry_after,
            transitions,
            time_in_state: [
                (State::Closed, time_in[State::Closed as usize]),
                (State::Open, time_in[State::Open as usize]),
                (State::HalfOpen, time_in[State::HalfOpen as usize]),
            ],
            settings: self.settings(),
            last_trip,
            #[cfg(feature = "ops")]
            has_opened,
            sharing: self.sharing(),
            listener_panics: self.listeners.panics(),
        }
    }

    /// How often it went from closed to open.
    pub(crate) fn trips(&self) -> u64 {
        self.journal.lock().unpoisoned().transitions().count(State::Closed, State::Open)
    }

    /// Why the breaker opened the last time.
    ///
    /// ```
    /// # use circuit_runtime::{CircuitBreaker, Settings};
    /// # let breaker = CircuitBreaker::new("db", Settings::new().threshold(1))?;
    /// breaker.try_acquire()?.failure(&"connection refused");
    /// let trip = breaker.last_trip().expect("it has opened");
    /// assert_eq!(trip.to_string(), "1 failure in a row (threshold 1), last: connection refused");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn last_trip(&self) -> Option<Arc<Trip>> {
        self.identity.last_trip()
    }

    /// Whether it shares its state with other processes: [`Configuration::storage`](crate::Configuration).
    pub fn sharing(&self) -> Sharing {
        #[cfg(feature = "storage")]
        if let Some(membership) = self.membership.get() {
            return membership.sharing();
        }
        Sharing::Alone
    }

    /// The mode.
    pub fn mode(&self) -> Mode {
        self.mode.get()
    }

    /// The settings in force: those given live over those it was made or [configured](crate::configure) with.
    pub fn settings(&self) -> Settings {
        self.settings.lock().unpoisoned().in_force()
    }
}

impl fmt::Debug for CircuitBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CircuitBreaker")
            .field("name", &self.name())
            .field("state", &self.state())
            .field("mode", &self.mode())
            .field("failures", &self.failure_count())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for CircuitBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "circuit breaker {:?} is {}", self.name(), self.state())?;
        match self.mode() {
            Mode::Normal => Ok(()),
            mode => write!(f, " ({mode})"),
        }
    }
}
