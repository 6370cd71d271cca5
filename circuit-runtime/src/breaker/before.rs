//! What a breaker was before a test brought it into another state.

use std::sync::Arc;

use super::circuit::CircuitBreaker;
use super::trip::Trip;
use crate::machine::{Event, Phase};

/// All that is restored.
#[derive(Debug)]
pub(crate) struct Before {
    phase: Phase,
    last_trip: Option<Arc<Trip>>,
}

impl CircuitBreaker {
    pub(crate) fn before(&self) -> Before {
        Before { phase: self.word.load().phase(), last_trip: self.last_trip() }
    }

    pub(crate) fn restore(&self, before: Before) {
        self.by_hand(Event::Restore(before.phase));
        *self.identity.last_trip_mut() = before.last_trip;
    }
}
