//! What a refused call returns.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::causes::{as_error, walk};
use super::circuit::CircuitBreaker;
use super::trip::Trip;
use crate::machine::{State, Word};
use crate::poison::Unpoisoned;
use crate::sync::{Mutex, MutexGuard};

/// A call that was not made, because its breaker is open or its probes are all out.
///
/// Give your error type a variant for it, and the attribute and `?` do the rest:
///
/// ```
/// #[derive(Debug, thiserror::Error)]
/// enum DbError {
///     #[error(transparent)]
///     Rejected(#[from] circuit_runtime::Rejected),
/// }
/// ```
///
/// Whoever is to find it in an error whose type they do not know, by `anyhow::Error::chain` for one, has to see it in the
/// `source()` of your error, which `transparent` forwards past it: `#[error("not called")]` shows it there.
///
/// It says which breaker refused, and when it is worth trying again:
///
/// ```
/// # use circuit_runtime::{CircuitBreaker, Settings, State};
/// # let breaker = CircuitBreaker::new("db", Settings::new())?;
/// breaker.open();
/// let rejected = breaker.try_acquire().unwrap_err();
/// assert_eq!((rejected.name(), rejected.state()), ("db", State::Open));
/// assert_eq!(rejected.trip().unwrap().to_string(), "opened by hand");
/// println!("{rejected}"); // circuit breaker "db" is open, retry in 60.0s
/// # Ok::<(), circuit_runtime::SettingsError>(())
/// ```
///
/// Making and cloning one allocates nothing.
#[derive(Clone, thiserror::Error)]
#[error("circuit breaker {:?} is {state}{}", self.name(), Retry(self.retry_after()))]
pub struct Rejected {
    identity: Identity,
    // In milliseconds. Smaller than an `Option<Duration>`, and this type sits in other people's error enums.
    retry_after: u64,
    state: State,
}

const NEVER: u64 = u64::MAX;

/// A rejection that nobody has looked at yet.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'a> {
    breaker: &'a CircuitBreaker,
    word: Word,
}

impl<'a> Refusal<'a> {
    #[inline]
    pub(super) fn new(breaker: &'a CircuitBreaker, word: Word) -> Self {
        Self { breaker, word }
    }

    /// As users see it. No `From`: the compiler would tell them of it where theirs is missing.
    pub(crate) fn into_rejected(self) -> Rejected {
        let (state, retry_after) = self.word.refused();
        let retry_after = retry_after.unwrap_or(NEVER);
        Rejected { identity: self.breaker.identity.clone(), retry_after, state }
    }
}

impl Rejected {
    /// The rejection in an error whose type may not be known: in itself, or in what its `source()` leads to; inside an
    /// `io::Error`, and with feature `reqwest-middleware` inside its error, as well.
    ///
    /// ```
    /// # use circuit_runtime::{CircuitBreaker, Rejected, Settings};
    /// # let breaker = CircuitBreaker::new("db", Settings::new())?;
    /// # breaker.open();
    /// let error = std::io::Error::from(breaker.try_acquire().unwrap_err());
    /// assert_eq!(Rejected::find_in(&error).unwrap().name(), "db");
    /// assert!(Rejected::find_in(&std::fmt::Error).is_none());
    /// # Ok::<(), circuit_runtime::SettingsError>(())
    /// ```
    pub fn find_in(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut found = None;
        walk(error, &mut |error| {
            found = as_error::<Self>(error).cloned();
            found.is_some()
        });
        found
    }

    /// The name of the breaker that refused.
    pub fn name(&self) -> &str {
        self.identity.name()
    }

    /// Its state when it refused: open, or half-open with all probes out.
    pub fn state(&self) -> State {
        self.state
    }

    /// How long to wait before it is worth trying again; a few milliseconds more than is left of the time open, or of the
    /// `probe_timeout`, so that after it the next call is let in. `None` if the breaker was forced open: then only
    /// [`set_mode`](crate::CircuitBreaker::set_mode) helps.
    pub fn retry_after(&self) -> Option<Duration> {
        (self.retry_after != NEVER).then(|| Duration::from_millis(self.retry_after))
    }

    /// Why the breaker opened, and since when: the latest trip, looked up now. `None` if it was forced open, which is no
    /// trip, or made half-open by hand and never tripped.
    pub fn trip(&self) -> Option<Arc<Trip>> {
        self.identity.last_trip().filter(|_| self.retry_after != NEVER)
    }
}

impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejected")
            .field("name", &self.name())
            .field("state", &self.state)
            .field("retry_after", &self.retry_after())
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Rejected {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Fields<'a> {
            name: &'a str,
            state: State,
            #[serde(serialize_with = "crate::serial::seconds_if_any")]
            retry_after: Option<Duration>,
        }
        let (name, state, retry_after) = (self.name(), self.state, self.retry_after());
        Fields { name, state, retry_after }.serialize(serializer)
    }
}

/// For functions that return `io::Result`; the error's kind is `Other`, and `get_ref` finds the `Rejected`.
impl From<Rejected> for io::Error {
    fn from(rejected: Rejected) -> Self {
        Self::other(rejected)
    }
}

struct Retry(Option<Duration>);

impl fmt::Display for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(wait) if wait < Duration::from_secs(1) => write!(f, ", retry in {wait:?}"),
            // Good enough for a reader.
            Some(wait) => write!(f, ", retry in {:.1}s", wait.as_secs_f64()),
            None => f.write_str(": forced open"),
        }
    }
}

/// The part of a breaker that a [`Rejected`] may outlive it with. Registered breakers live for ever, so theirs is
/// borrowed, and rejecting a call writes to no shared counter.
#[derive(Clone, Debug)]
pub(super) enum Identity {
    Registered(&'static Record),
    Owned(Arc<Record>),
}

#[derive(Debug)]
pub(super) struct Record {
    name: Arc<str>,
    last_trip: Mutex<Option<Arc<Trip>>>,
}

impl Identity {
    pub(super) fn owned(name: &str) -> Self {
        Self::Owned(Arc::new(Record::new(name)))
    }

    pub(super) fn registered(name: &str) -> Self {
        Self::Registered(Box::leak(Box::new(Record::new(name))))
    }

    fn record(&self) -> &Record {
        match self {
            Self::Registered(record) => record,
            Self::Owned(record) => record,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.record().name
    }

    pub(super) fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.record().name)
    }

    pub(super) fn last_trip(&self) -> Option<Arc<Trip>> {
        self.last_trip_mut().clone()
    }

    pub(super) fn last_trip_mut(&self) -> MutexGuard<'_, Option<Arc<Trip>>> {
        self.record().last_trip.lock().unpoisoned()
    }
}

impl Record {
    fn new(name: &str) -> Self {
        Self { name: name.into(), last_trip: Mutex::new(None) }
    }
}
