//! Where the steps of a breaker that is one of a fleet's go through.

use super::circuit::CircuitBreaker;
use super::commit::Applied;
use super::handle::BreakerHandle;
use super::mode::Mode;
use super::settings::Settings;
use super::sharing::Sharing;
use crate::machine::Event;
use crate::poison::Unpoisoned;

/// A breaker's membership in a fleet. Everything that changes its word, calls or people, goes through here while it has one,
/// one after the other: so what others are told is what happened, in its order. It does not keep the breaker, which keeps it.
pub(crate) trait Membership: Send + Sync {
    /// Takes the step of `event`, or another one where others have a say in it.
    fn step(
        &self,
        breaker: &CircuitBreaker,
        event: Event,
        take: &mut dyn FnMut(Event) -> Applied,
    ) -> Applied;

    /// The mode was set by hand.
    fn mode_set(&self, breaker: &CircuitBreaker, mode: Mode);

    /// Settings were given live: these are all that are.
    fn settings_set(&self, live: Settings);

    /// Whether the fleet can be reached.
    fn sharing(&self) -> Sharing;

    /// Where others have a say in who probes: the milliseconds until the next call may be let in; none, if that is now.
    fn wait(&self, breaker: &CircuitBreaker) -> Option<u64>;

    /// Has everything sent, and what the fleet knows asked for; calls `done` when that is done, or cannot be.
    fn sync(&self, breaker: &CircuitBreaker, done: SyncDone);
}

/// Told how a [`sync`](Membership::sync) ended: why not, if it did not.
pub(crate) type SyncDone = Box<dyn FnOnce(Result<(), String>) + Send>;

/// What takes breakers into a fleet.
pub(crate) trait Joins: Send + Sync {
    /// Gets ready to talk to the storage; says why not, if it cannot. It does so once what is returned is called, and never
    /// if that is dropped.
    fn start(&self) -> Result<Box<dyn FnOnce()>, String>;

    /// Takes the breaker in, if it is to be: by its name, or by that of the group it is a member of.
    fn join(&self, breaker: &BreakerHandle, group: Option<&str>);
}

impl CircuitBreaker {
    pub(crate) fn is_shared(&self) -> bool {
        self.membership.get().is_some()
    }

    /// Returns whether it was in no fleet yet.
    pub(crate) fn enter(&self, membership: std::sync::Arc<dyn Membership>) -> bool {
        // What early failures are is settled under this lock.
        let _settings = self.settings.lock().unpoisoned();
        let entered = self.membership.set(membership).is_ok();
        // From now on every failure is news.
        self.early_failures.store(0, crate::sync::atomic::Ordering::Relaxed);
        entered
    }

    pub(crate) fn membership(&self) -> Option<&dyn Membership> {
        self.membership.get().map(|membership| &**membership)
    }

    /// The membership, while others decide who probes.
    pub(super) fn governed(&self) -> Option<&dyn Membership> {
        let membership = self.membership.get()?;
        (membership.sharing() == Sharing::Shared).then_some(&**membership)
    }
}
