//! Who is told what a breaker does.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use super::circuit::CircuitBreaker;
use super::failure::Failure;
use super::quietly::quietly;
use super::rejected::Rejected;
use super::trip::Trip;
use crate::machine::State;
use crate::poison::Unpoisoned;

/// Told what a breaker does. Every method has an empty default.
///
/// A listener runs on the thread of the call, after the state is committed and outside any lock, so it may call
/// back into the breaker. If it panics, the panic is caught and counted
/// ([`Snapshot::listener_panics`](crate::Snapshot::listener_panics)); the call goes on. For one call the order is
/// [`before_call`](Self::before_call), then its outcome, then the [`state_change`](Self::state_change) that the
/// outcome caused; the change from open to half-open comes before the `before_call` of the probe that caused it.
///
/// A breaker with a listener leaves its fast path for every call; one without pays nothing.
///
/// ```
/// use circuit_runtime::{CircuitBreaker, Listener, StateChange};
///
/// struct Pager;
///
/// impl Listener for Pager {
///     fn state_change(&self, breaker: &CircuitBreaker, change: &StateChange) {
///         println!("{} went from {} to {}", breaker.name(), change.from, change.to);
///     }
/// }
/// # let breaker = CircuitBreaker::new("db", circuit_runtime::Settings::new())?;
/// breaker.add_listener(Pager);
/// breaker.open();
/// # Ok::<(), circuit_runtime::SettingsError>(())
/// ```
#[allow(unused_variables, reason = "the names are the documentation")]
pub trait Listener: Send + Sync + 'static {
    /// A call was admitted and is about to be made.
    fn before_call(&self, breaker: &CircuitBreaker) {}
    /// A call returned a value, and not too late.
    fn success(&self, breaker: &CircuitBreaker) {}
    /// A call failed.
    fn failure(&self, breaker: &CircuitBreaker, failure: &Failure<'_>) {}
    /// A call returned an excluded error, and not too late.
    fn excluded(&self, breaker: &CircuitBreaker) {}
    /// A call returned an ignored error.
    fn ignored(&self, breaker: &CircuitBreaker) {}
    /// A call was dropped before its outcome, and not too late for that to be nothing.
    fn cancelled(&self, breaker: &CircuitBreaker) {}
    /// A call was not made.
    fn rejected(&self, breaker: &CircuitBreaker, rejected: &Rejected) {}
    /// The state changed, by a call or by hand.
    fn state_change(&self, breaker: &CircuitBreaker, change: &StateChange) {}
    /// The breaker was registered. Only listeners of the [`Registry`](crate::Registry) are there to hear it.
    fn registered(&self, breaker: &CircuitBreaker) {}
}

/// One change of state.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StateChange {
    /// The state before.
    pub from: State,
    /// The state now.
    pub to: State,
    /// Why, where `to` is [`State::Open`].
    pub trip: Option<Arc<Trip>>,
}

/// Names a listener, to remove it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ListenerId(u64);

impl ListenerId {
    fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A listener under its id; the same one may stand in many breakers' lists.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) id: ListenerId,
    listener: Arc<dyn Listener>,
}

impl Entry {
    pub(crate) fn new(listener: impl Listener) -> Self {
        Self { id: ListenerId::next(), listener: Arc::new(listener) }
    }
}

/// A breaker's listeners, in the order in which they came.
#[derive(Default)]
pub(super) struct Listeners {
    /// Calls that are looked at for other reasons are spared the list.
    any: AtomicBool,
    // Behind an `Arc`, so that telling them holds no lock: a listener may add or remove one.
    list: RwLock<Arc<[Entry]>>,
    panics: AtomicU64,
}

impl Listeners {
    pub(super) fn add(&self, entry: Entry) {
        let mut list = self.list.write().unpoisoned();
        *list = list.iter().cloned().chain([entry]).collect();
        self.any.store(true, Ordering::Release);
    }

    /// Returns the listener if it was there: to be dropped where no lock is held, since its `drop` is the user's code.
    #[must_use]
    pub(super) fn remove(&self, id: ListenerId) -> Option<Entry> {
        let mut list = self.list.write().unpoisoned();
        let removed = list.iter().find(|entry| entry.id == id).cloned();
        if removed.is_some() {
            *list = list.iter().filter(|entry| entry.id != id).cloned().collect();
            self.any.store(!list.is_empty(), Ordering::Release);
        }
        removed
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.any.load(Ordering::Acquire)
    }

    #[inline]
    pub(super) fn tell(&self, event: impl Fn(&dyn Listener)) {
        if !self.is_empty() {
            self.tell_all(event);
        }
    }

    #[cold]
    fn tell_all(&self, event: impl Fn(&dyn Listener)) {
        let list = self.list.read().unpoisoned().clone();
        for entry in list.iter() {
            self.survive(|| event(&*entry.listener));
        }
        // The last to know a listener that was removed meanwhile drops it.
        self.survive(|| drop(list));
    }

    fn survive(&self, foreign: impl FnOnce()) {
        if quietly(foreign).is_none() {
            self.panics.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }
}
