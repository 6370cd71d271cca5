//! Taking a step, and telling of it.

use std::sync::Arc;

use super::change::StateChange;
use super::circuit::CircuitBreaker;
use super::journal::{Cause, Change};
use super::listener::Listener;
use super::trip::Trip;
use crate::machine::{Event, Limits, State, Verdict, Watch, Word, step};
use crate::poison::Unpoisoned;

/// Remarks on how a failure was judged; asked only if it trips the breaker.
pub(super) type Notes<'a> = &'a dyn Fn() -> Vec<String>;

/// One step taken: what it decided, the words before and after, and the change of state to tell of.
pub(crate) struct Applied {
    pub(crate) verdict: Verdict,
    pub(crate) before: Word,
    pub(crate) word: Word,
    pub(crate) change: Option<StateChange>,
}

impl CircuitBreaker {
    pub(super) fn by_hand(&self, event: Event) {
        let applied = self.apply(event, &self.limits.get(), &Vec::new);
        self.tell_change(applied.change.as_ref());
    }

    /// Takes one step, through the fleet if the breaker is one of its.
    pub(super) fn apply(&self, event: Event, limits: &Limits, notes: Notes<'_>) -> Applied {
        #[cfg(feature = "storage")]
        if let Some(membership) = self.membership.get() {
            return membership.step(self, event, &mut |event| self.take_step(event, limits, notes));
        }
        self.take_step(event, limits, notes)
    }

    /// Takes one step. A change of state is made under the journal's lock, so that the journal tells them in order;
    /// every other step goes without.
    fn take_step(&self, event: Event, limits: &Limits, notes: Notes<'_>) -> Applied {
        let now = || self.clock.now();
        let by_hand = matches!(event, Event::Open | Event::HalfOpen | Event::Close);
        if !by_hand {
            let (verdict, before, word) = self.word.update(|word| {
                let (verdict, next) = step(word, event, limits, now);
                if next.same_state(word) { (Some(verdict), next) } else { (None, word) }
            });
            if let Some(verdict) = verdict {
                return Applied { verdict, before, word, change: None };
            }
        }
        let mut journal = self.journal.lock().unpoisoned();
        // Held too, so that a call that is rejected at once waits for the reason instead of finding an older one.
        let mut last_trip = self.identity.last_trip_mut();
        let (verdict, before, after) = self.word.update(|word| step(word, event, limits, now));
        if before.same_state(after) && !by_hand {
            // Another thread has made the change since.
            return Applied { verdict, before, word: after, change: None };
        }
        self.work_out_reopening(&journal, after);
        let change = Change { before, after, cause: Cause::of(event) };
        let trip = journal.changed(self.name(), change, limits, now());
        let number = journal.transitions().total();
        let trip = trip.map(|trip| Arc::new(Trip { notes: notes(), ..trip }));
        if let Some(trip) = &trip {
            *last_trip = Some(Arc::clone(trip));
        }
        drop(last_trip);
        drop(journal);
        let (from, to) = (State::from(before.phase()), State::from(after.phase()));
        let change = (from != to).then_some(StateChange { from, to, trip, number });
        Applied { verdict, before, word: after, change }
    }

    #[inline]
    pub(super) fn tell(&self, word: Word, event: impl Fn(&dyn Listener)) {
        if word.is_watched() {
            self.listeners.tell_of_call(event);
        }
    }

    #[inline]
    pub(crate) fn tell_change(&self, change: Option<&StateChange>) {
        if let Some(change) = change {
            self.listeners.tell_of_change(|listener| listener.state_change(self, change));
        }
    }

    pub(super) fn watch(&self, watch: Watch) {
        self.apply(Event::Watch(watch), &self.limits.get(), &Vec::new);
    }
}
