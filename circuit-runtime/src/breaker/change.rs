//! What changed, as listeners see it.

use std::fmt;
use std::sync::Arc;

use super::mode::Mode;
use super::settings::Settings;
use super::sharing::Sharing;
use super::trip::Trip;
use crate::machine::State;

/// One change of state.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StateChange {
    /// The state before.
    pub from: State,
    /// The state now.
    pub to: State,
    /// Why, where `to` is [`State::Open`].
    pub trip: Option<Arc<Trip>>,
    /// Which of this breaker's changes of state it is, from 1.
    pub number: u64,
}

/// One change of mode.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ModeChange {
    /// The mode before.
    pub from: Mode,
    /// The mode now.
    pub to: Mode,
}

/// One change of the settings in force. `Display` names what differs: `threshold = 3 (was 5), ttl = 1s (was 60s)`.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SettingsChange {
    /// The settings before, those included that have their default.
    pub before: Settings,
    /// The settings now, likewise.
    pub after: Settings,
}

/// What became of a storage that breakers share their state through, or of one breaker's share in it.
/// `Display` puts it into one line: `storage redis://127.0.0.1:6379 is local: connection refused`.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StorageChange {
    /// The storage's address, without any password.
    pub storage: Arc<str>,
    /// The breaker, where it is about one alone: something else lies under its name, say.
    pub breaker: Option<Arc<str>>,
    /// Whether state is shared from now on, or each process goes on by itself.
    pub sharing: Sharing,
    /// Why.
    pub why: Option<String>,
}

/// What somebody did to a breaker, and who it was: where it was done through a door that asks who one is, such as the one of
/// `ops`, or one of your own, which [tells](crate::CircuitBreaker::tell_operated) it. `Display` puts it into one line:
/// `close, by alice from 10.0.0.7: the vendor is back`.
///
/// ```
/// use circuit_runtime::{CircuitBreaker, Operation, Settings, on_change};
///
/// let breaker = CircuitBreaker::new("db", Settings::new())?;
/// breaker.add_listener(on_change(|event| println!("{event}")));
///
/// breaker.open(); // circuit breaker "db": closed to open: opened by hand
/// let operation = Operation::new("alice", "open").reason("the vendor asked for it");
/// breaker.tell_operated(&operation); // circuit breaker "db": open, by alice: the vendor asked for it
/// # Ok::<(), circuit_runtime::SettingsError>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Operation {
    /// Who: the name that the operator's token stands for.
    pub operator: Arc<str>,
    /// What was done: `open`, `mode shadow`, `settings threshold = 3 (was 5)`.
    pub action: String,
    /// Why, in the operator's words.
    pub reason: Option<String>,
    /// The address that it was asked for from, if that is known: the operator's, or that of the last proxy.
    pub peer: Option<String>,
}

impl Operation {
    /// What `operator` did.
    pub fn new(operator: impl Into<Arc<str>>, action: impl Into<String>) -> Self {
        Self { operator: operator.into(), action: action.into(), reason: None, peer: None }
    }

    /// Why.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// From which address.
    pub fn peer(mut self, peer: impl Into<String>) -> Self {
        self.peer = Some(peer.into());
        self
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, by {}", self.action, self.operator)?;
        self.peer.iter().try_for_each(|peer| write!(f, " from {peer}"))?;
        self.reason.iter().try_for_each(|reason| write!(f, ": {reason}"))
    }
}

impl fmt::Display for StorageChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "storage {} is {}", self.storage, self.sharing)?;
        self.breaker
            .iter()
            .try_for_each(|breaker| write!(f, " for circuit breaker {breaker:?}"))?;
        self.why.iter().try_for_each(|why| write!(f, ": {why}"))
    }
}

impl fmt::Display for SettingsChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = self.before.texts().into_iter().zip(self.after.texts());
        let changed = each.filter(|((_, before), (_, after))| before != after);
        let none = || "none".to_owned();
        let changed = changed.map(|((key, before), (_, after))| {
            format!("{key} = {} (was {})", after.unwrap_or_else(none), before.unwrap_or_else(none))
        });
        f.write_str(&changed.collect::<Vec<_>>().join(", "))
    }
}
