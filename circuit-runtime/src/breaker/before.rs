//! What a breaker was before a test brought it into another state.

use std::sync::Arc;

use super::change::StateChange;
use super::circuit::CircuitBreaker;
use super::journal::Remembered;
use super::trip::Trip;
use crate::machine::{Phase, State};
use crate::poison::Unpoisoned;

/// All that is restored.
#[derive(Clone, Debug)]
pub(crate) struct Before {
    phase: Phase,
    remembered: Remembered,
    last_trip: Option<Arc<Trip>>,
}

impl CircuitBreaker {
    pub(crate) fn before(&self) -> Before {
        let journal = self.journal.lock().unpoisoned();
        let phase = match self.word.load().phase() {
            // Those that are out are of an era that will be over.
            Phase::HalfOpen { last_probe, reopenings, successes, .. } => {
                Phase::HalfOpen { last_probe, reopenings, in_flight: 0, successes }
            }
            phase => phase,
        };
        Before { phase, remembered: journal.remembered(), last_trip: self.last_trip() }
    }

    /// Begins an era that is as the one before was, and as no call could bring it about.
    pub(crate) fn restore(&self, before: Before) {
        let mut journal = self.journal.lock().unpoisoned();
        let mut last_trip = self.identity.last_trip_mut();
        let next_era = |word: crate::machine::Word| ((), word.next_era(before.phase));
        let ((), forced, word) = self.word.update(next_era);
        self.work_out_reopening(&journal, word);
        journal.restored(forced, word, before.remembered, self.clock.now());
        last_trip.clone_from(&before.last_trip);
        let number = journal.transitions().total();
        drop(last_trip);
        drop(journal);
        let (from, to) = (State::from(forced.phase()), State::from(word.phase()));
        let trip = before.last_trip.filter(|_| to == State::Open);
        let change = (from != to).then_some(StateChange { from, to, trip, number });
        self.tell_change(change.as_ref());
    }
}
