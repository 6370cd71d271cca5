//! Eras that no call brought about: a fleet's, and those that a test restores.

use std::sync::Arc;
#[cfg(feature = "storage")]
use std::time::SystemTime;

use super::change::StateChange;
use super::circuit::CircuitBreaker;
use super::journal::Journal;
use super::trip::Trip;
use crate::clock::Moment;
use crate::machine::{Phase, State, Word};
use crate::poison::Unpoisoned;

impl CircuitBreaker {
    /// Begins an era that is as `phase` says, and is booked by `book`. Returns its word, and the change to tell of.
    pub(super) fn begin(
        &self,
        phase: Phase,
        last_trip: Option<Arc<Trip>>,
        book: impl FnOnce(&mut Journal, (Word, Word), Moment),
    ) -> (Word, Option<StateChange>) {
        let mut journal = self.journal.lock().unpoisoned();
        let mut recorded = self.identity.last_trip_mut();
        let ((), before, word) = self.word.update(|word| ((), word.next_era(phase)));
        self.work_out_reopening(&journal, word);
        book(&mut journal, (before, word), self.clock.now());
        recorded.clone_from(&last_trip);
        let number = journal.transitions().total();
        drop(recorded);
        drop(journal);
        let (from, to) = (State::from(before.phase()), State::from(word.phase()));
        let trip = last_trip.filter(|_| to == State::Open);
        (word, (from != to).then_some(StateChange { from, to, trip, number }))
    }

    /// Begins an era of the fleet's: closed, with so many failures in a row. Returns its epoch, and the change to tell of.
    #[cfg(feature = "storage")]
    pub(crate) fn adopt_closed(&self, failures: u32) -> (u32, Option<StateChange>) {
        let phase = Phase::Closed { failures };
        let (word, change) = self.begin(phase, self.last_trip(), |journal, (before, word), now| {
            journal.adopted(before, word, None, now);
        });
        (word.epoch(), change)
    }

    /// Begins an era of the fleet's: open until `until`. Returns its epoch, and the change to tell of.
    #[cfg(feature = "storage")]
    pub(crate) fn adopt_open(
        &self,
        (reopenings, until): (u8, Moment),
        at: SystemTime,
        trip: Arc<Trip>,
    ) -> (u32, Option<StateChange>) {
        let phase = self.open_until(reopenings, until);
        let (word, change) = self.begin(phase, Some(trip), |journal, (before, word), now| {
            journal.adopted(before, word, Some(at), now);
        });
        self.reopening.set(word, until.reached());
        (word.epoch(), change)
    }

    /// Has the open era that is going on end when the fleet's does.
    #[cfg(feature = "storage")]
    pub(crate) fn retime(&self, reopenings: u8, until: Moment) {
        let _journal = self.journal.lock().unpoisoned();
        let phase = self.open_until(reopenings, until);
        let ((), _, word) = self.word.update(|word| match word.phase() {
            Phase::Open { .. } => ((), word.with(phase)),
            _ => ((), word),
        });
        self.reopening.set(word, until.reached());
    }

    /// As if it had opened when it would have to, to be open until then.
    #[cfg(feature = "storage")]
    fn open_until(&self, reopenings: u8, until: Moment) -> Phase {
        let time_open = self.limits.get().time_open_without_jitter(reopenings);
        let opened_at = crate::machine::OpenedAt::before(until, time_open, self.clock.now());
        Phase::Open { opened_at, reopenings: reopenings.min(Word::MAX_REOPENINGS) }
    }
}

/// Successes in a breaker's window.
#[cfg(feature = "storage")]
#[derive(Debug)]
pub(crate) struct WindowSuccesses {
    /// Of the era.
    pub(crate) epoch: u32,
    /// How many there were so many nanoseconds ago.
    pub(crate) by_age: Vec<(u64, u64)>,
    /// How many there have been in the era.
    pub(crate) total: u64,
}

/// What a member of a fleet reads and writes of its breaker.
#[cfg(feature = "storage")]
impl CircuitBreaker {
    pub(crate) fn word(&self) -> Word {
        self.word.load()
    }

    pub(crate) fn limits(&self) -> crate::machine::Limits {
        self.limits.get()
    }

    /// Counts as many failures in a row, or successful probes, as the fleet does: if the era is still `epoch`.
    pub(crate) fn count_as(&self, epoch: u32, count: u32) {
        self.word.update(|word| {
            let phase = match word.phase() {
                Phase::Closed { .. } => Phase::Closed { failures: count },
                Phase::HalfOpen { last_probe, reopenings, in_flight, .. } => {
                    let successes = u8::try_from(count).unwrap_or(u8::MAX);
                    Phase::HalfOpen { last_probe, reopenings, in_flight, successes }
                }
                open @ Phase::Open { .. } => open,
            };
            ((), if word.epoch() == epoch { word.with(phase) } else { word })
        });
    }

    /// What the latest failure said that no trip has told of.
    pub(crate) fn last_failure(&self) -> Option<String> {
        self.journal.lock().unpoisoned().last_failure()
    }

    pub(crate) fn rejections(&self) -> u64 {
        self.counters.read().rejected
    }

    /// Successes that the window holds, but for the first `told` of the era.
    pub(crate) fn window_successes(&self, told: u64) -> WindowSuccesses {
        let window = self.recent.lock();
        let word = self.word.load();
        let total = self.counters.successes_of(word.epoch());
        let by_age = window.successes_since(word.epoch(), (told, total), self.clock.now());
        WindowSuccesses { epoch: word.epoch(), by_age, total }
    }
}
