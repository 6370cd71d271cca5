//! What can be told what a breaker does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::change::{ModeChange, Operation, SettingsChange, StateChange, StorageChange};
use super::circuit::CircuitBreaker;
use super::failure::Failure;
use super::rejected::Rejected;

/// Told what a breaker does. Every method has a default that does nothing.
///
/// # The contract
///
/// - A listener runs on the thread of the call, after the state is committed and outside any lock, so it may call back
///   into the breaker: what it reads there is at least as new as what it is told. What another process of a
///   [fleet](crate::guide::fleets) did is told on a thread of the fleet's, which waits meanwhile as a call would.
/// - For one call the order is [`before_call`](Self::before_call), then its outcome, then the
///   [`state_change`](Self::state_change) that the outcome caused; the change from open to half-open comes before the
///   `before_call` of the probe that caused it. Several listeners are told in the order in which they were added, each of
///   one thing before any of the next.
/// - Calls on several threads are told by these threads, as they come: two changes of state that follow each other
///   closely may be told the other way round. [`StateChange::number`] says which was first; of modes and settings the
///   breaker itself knows the latest.
/// - If it panics, the panic is caught and counted ([`Snapshot::listener_panics`](crate::Snapshot::listener_panics)); the
///   call, and the other listeners, go on as if it had not.
/// - Once [`remove_listener`](CircuitBreaker::remove_listener) has returned, it is told of nothing that begins after
///   that; a thread that is telling it at that moment finishes doing so.
/// - The caller waits while it runs. What takes long, or has to be awaited, goes to somebody else: with
///   [`on_event`](crate::on_event) into any channel, or by `event_channel` (feature `channel`).
///
/// A breaker with a listener leaves its fast path for every call, for some 50 to 70 ns; one whose listeners want to hear of
/// changes alone ([`hears_calls`](Self::hears_calls)) does not, and neither does one without.
///
/// ```
/// use circuit_runtime::{CircuitBreaker, Listener, StateChange};
///
/// struct Pager;
///
/// impl Listener for Pager {
///     fn hears_calls(&self) -> bool {
///         false // changes are enough
///     }
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
    /// Whether it is to be told of calls: of everything but the changes below and `registered`. Asked once, when it is
    /// added. If not, it costs a call nothing.
    fn hears_calls(&self) -> bool {
        true
    }
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
    /// The mode was changed.
    fn mode_change(&self, breaker: &CircuitBreaker, change: &ModeChange) {}
    /// The settings in force were changed: live, by the configuration or by its overrides.
    fn settings_change(&self, breaker: &CircuitBreaker, change: &SettingsChange) {}
    /// A storage that breakers share their state through can be reached, or cannot any more. Told once for all of its
    /// breakers, from the thread that talks to it, to the listeners of the [`Registry`](crate::Registry); to those of a
    /// breaker as well if it is about that one alone.
    fn storage_change(&self, change: &StorageChange) {}
    /// Somebody changed the breaker by hand, through a door that asks who one is: that of `ops`, or one of your own that
    /// [tells](CircuitBreaker::tell_operated) it. Told after what changed, and even if nothing did, since it was so already.
    fn operated(&self, breaker: &CircuitBreaker, operation: &Operation) {}
    /// The breaker was registered, or, if it is declared, used or looked up for the first time. Only listeners of the
    /// [`Registry`](crate::Registry) are there to hear it.
    fn registered(&self, breaker: &CircuitBreaker) {}
}

/// A listener that is shared, or chosen at run time.
macro_rules! listener_behind {
    ($pointer:ident) => {
        impl<L: Listener + ?Sized> Listener for $pointer<L> {
            fn hears_calls(&self) -> bool {
                (**self).hears_calls()
            }
            fn before_call(&self, breaker: &CircuitBreaker) {
                (**self).before_call(breaker);
            }
            fn success(&self, breaker: &CircuitBreaker) {
                (**self).success(breaker);
            }
            fn failure(&self, breaker: &CircuitBreaker, failure: &Failure<'_>) {
                (**self).failure(breaker, failure);
            }
            fn excluded(&self, breaker: &CircuitBreaker) {
                (**self).excluded(breaker);
            }
            fn ignored(&self, breaker: &CircuitBreaker) {
                (**self).ignored(breaker);
            }
            fn cancelled(&self, breaker: &CircuitBreaker) {
                (**self).cancelled(breaker);
            }
            fn rejected(&self, breaker: &CircuitBreaker, rejected: &Rejected) {
                (**self).rejected(breaker, rejected);
            }
            fn state_change(&self, breaker: &CircuitBreaker, change: &StateChange) {
                (**self).state_change(breaker, change);
            }
            fn mode_change(&self, breaker: &CircuitBreaker, change: &ModeChange) {
                (**self).mode_change(breaker, change);
            }
            fn settings_change(&self, breaker: &CircuitBreaker, change: &SettingsChange) {
                (**self).settings_change(breaker, change);
            }
            fn storage_change(&self, change: &StorageChange) {
                (**self).storage_change(change);
            }
            fn operated(&self, breaker: &CircuitBreaker, operation: &Operation) {
                (**self).operated(breaker, operation);
            }
            fn registered(&self, breaker: &CircuitBreaker) {
                (**self).registered(breaker);
            }
        }
    };
}

listener_behind!(Arc);
listener_behind!(Box);

/// Names a listener, to remove it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ListenerId(u64);

impl ListenerId {
    pub(super) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}
