//! What a listener is told, in values that can be kept and sent.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use super::change::{ModeChange, Operation, SettingsChange, StateChange, StorageChange};
use super::circuit::CircuitBreaker;
use super::failure::{Failure, FailureKind};
use super::listener::Listener;
use super::rejected::Rejected;
use super::text::Text;

/// One thing that a breaker did, to keep or to send: what one method of a [`Listener`] was told.
///
/// `Display` puts it into one line: `circuit breaker "db": failure: connection refused`. With feature `serde` it serializes
/// into one object: `{"breaker": "db", "at": "2026-01-31T12:00:00.000Z", "event": "failure", "kind": "error", "message":
/// "connection refused"}`.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Event {
    /// The breaker's name; empty where it is about a storage, and all of its breakers.
    pub breaker: Arc<str>,
    /// When it was told, by the system's clock.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serial::time"))]
    pub at: SystemTime,
    /// What it did.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub kind: EventKind,
}

/// What a breaker did. `Display` puts it into a few words.
#[derive(Clone, Debug)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(tag = "event", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum EventKind {
    /// A call was admitted.
    BeforeCall,
    /// A call returned a value, and not too late.
    Success,
    /// A call failed.
    #[non_exhaustive]
    Failure {
        /// In which way.
        kind: FailureKind,
        /// What its error said, on one line and cut to 200 bytes.
        message: String,
    },
    /// A call returned an excluded error.
    Excluded,
    /// A call returned an ignored error.
    Ignored,
    /// A call was dropped before its outcome.
    Cancelled,
    /// A call was not made.
    Rejected(Rejected),
    /// The state changed.
    StateChange(StateChange),
    /// The mode was changed.
    ModeChange(ModeChange),
    /// The settings in force were changed.
    SettingsChange(Box<SettingsChange>),
    /// A storage can be reached, or cannot any more.
    StorageChange(StorageChange),
    /// An operator changed the breaker by hand.
    Operated(Operation),
    /// The breaker was registered.
    Registered,
}

impl EventKind {
    /// The name of the listener's method that was told: `"state_change"`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::BeforeCall => "before_call",
            Self::Success => "success",
            Self::Failure { .. } => "failure",
            Self::Excluded => "excluded",
            Self::Ignored => "ignored",
            Self::Cancelled => "cancelled",
            Self::Rejected(_) => "rejected",
            Self::StateChange(_) => "state_change",
            Self::ModeChange(_) => "mode_change",
            Self::SettingsChange(_) => "settings_change",
            Self::StorageChange(_) => "storage_change",
            Self::Operated(_) => "operated",
            Self::Registered => "registered",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failure { message, .. } => write!(f, "failure: {message}"),
            Self::StateChange(change) => write!(f, "{} to {}", change.from, change.to),
            Self::ModeChange(ModeChange { from, to }) => write!(f, "mode {from} to {to}"),
            Self::SettingsChange(change) => change.fmt(f),
            Self::StorageChange(change) => change.fmt(f),
            Self::Operated(operation) => operation.fmt(f),
            _ => f.write_str(self.name()),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let EventKind::StorageChange(change) = &self.kind {
            return change.fmt(f);
        }
        write!(f, "circuit breaker {:?}: {}", self.breaker, self.kind)?;
        match &self.kind {
            EventKind::StateChange(StateChange { trip: Some(trip), .. }) => write!(f, ": {trip}"),
            _ => Ok(()),
        }
    }
}

/// A listener that hands each event to `take`, as a value: for a channel, a ring buffer, a log.
///
/// ```
/// use std::sync::mpsc;
/// use circuit_runtime::{CircuitBreaker, Settings, on_event};
///
/// let breaker = CircuitBreaker::new("db", Settings::new())?;
/// let (sender, receiver) = mpsc::channel();
/// breaker.add_listener(on_event(move |event| drop(sender.send(event))));
///
/// breaker.try_acquire()?.failure(&"connection refused");
/// let told: Vec<_> = receiver.try_iter().map(|event| event.kind.to_string()).collect();
/// assert_eq!(told, ["before_call", "failure: connection refused"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn on_event(take: impl Fn(Event) + Send + Sync + 'static) -> impl Listener {
    OnEvent { take, hears_calls: true }
}

/// As [`on_event`], for changes alone: of state, mode, settings and storage, who made them by hand, and breakers that are
/// registered. Calls cost no more for it.
///
/// ```
/// use circuit_runtime::{CircuitBreaker, Settings, on_change};
///
/// let breaker = CircuitBreaker::new("db", Settings::new())?;
/// breaker.add_listener(on_change(|event| println!("{event}")));
/// breaker.open(); // circuit breaker "db": closed to open: opened by hand
/// # Ok::<(), circuit_runtime::SettingsError>(())
/// ```
pub fn on_change(take: impl Fn(Event) + Send + Sync + 'static) -> impl Listener {
    OnEvent { take, hears_calls: false }
}

struct OnEvent<F> {
    take: F,
    hears_calls: bool,
}

impl<F: Fn(Event)> OnEvent<F> {
    fn hand_on(&self, breaker: &CircuitBreaker, kind: EventKind) {
        (self.take)(Event { breaker: breaker.shared_name(), at: SystemTime::now(), kind });
    }
}

impl<F: Fn(Event) + Send + Sync + 'static> Listener for OnEvent<F> {
    fn hears_calls(&self) -> bool {
        self.hears_calls
    }
    fn before_call(&self, breaker: &CircuitBreaker) {
        self.hand_on(breaker, EventKind::BeforeCall);
    }
    fn success(&self, breaker: &CircuitBreaker) {
        self.hand_on(breaker, EventKind::Success);
    }
    fn failure(&self, breaker: &CircuitBreaker, failure: &Failure<'_>) {
        let message = Text::of(failure).as_str().to_owned();
        self.hand_on(breaker, EventKind::Failure { kind: failure.kind(), message });
    }
    fn excluded(&self, breaker: &CircuitBreaker) {
        self.hand_on(breaker, EventKind::Excluded);
    }
    fn ignored(&self, breaker: &CircuitBreaker) {
        self.hand_on(breaker, EventKind::Ignored);
    }
    fn cancelled(&self, breaker: &CircuitBreaker) {
        self.hand_on(breaker, EventKind::Cancelled);
    }
    fn rejected(&self, breaker: &CircuitBreaker, rejected: &Rejected) {
        self.hand_on(breaker, EventKind::Rejected(rejected.clone()));
    }
    fn state_change(&self, breaker: &CircuitBreaker, change: &StateChange) {
        self.hand_on(breaker, EventKind::StateChange(change.clone()));
    }
    fn mode_change(&self, breaker: &CircuitBreaker, change: &ModeChange) {
        self.hand_on(breaker, EventKind::ModeChange(change.clone()));
    }
    fn settings_change(&self, breaker: &CircuitBreaker, change: &SettingsChange) {
        self.hand_on(breaker, EventKind::SettingsChange(Box::new(change.clone())));
    }
    fn storage_change(&self, change: &StorageChange) {
        let breaker = change.breaker.clone().unwrap_or_default();
        let kind = EventKind::StorageChange(change.clone());
        (self.take)(Event { breaker, at: SystemTime::now(), kind });
    }
    fn operated(&self, breaker: &CircuitBreaker, operation: &Operation) {
        self.hand_on(breaker, EventKind::Operated(operation.clone()));
    }
    fn registered(&self, breaker: &CircuitBreaker) {
        self.hand_on(breaker, EventKind::Registered);
    }
}
