//! What a breaker was before a test brought it into another state.

use std::sync::Arc;

use super::circuit::CircuitBreaker;
use super::journal::Remembered;
use super::trip::Trip;
use crate::machine::Phase;
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
        let (_, change) =
            self.begin(before.phase, before.last_trip, |journal, (forced, word), now| {
                journal.restored(forced, word, before.remembered, now);
            });
        self.tell_change(change.as_ref());
    }
}
