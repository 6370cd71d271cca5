//! One reading for all instruments of OpenTelemetry.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::counting::Counting;
use super::reading::{Reading, Scope};
use crate::poison::Unpoisoned;

/// Each gauge is asked by itself, and the first that has told the latest reading already takes the next.
pub(super) struct Readings {
    scope: Scope,
    latest: Mutex<Latest>,
}

struct Latest {
    number: u64,
    reading: Option<Arc<Reading>>,
    /// Told of each reading as it is taken.
    counters: Vec<Counting>,
}

impl Readings {
    pub(super) fn new(scope: Scope, counters: Vec<Counting>) -> Self {
        Self { scope, latest: Mutex::new(Latest { number: 0, reading: None, counters }) }
    }

    /// `seen` is the number of the last one that the gauge has told.
    pub(super) fn next_after(&self, seen: &AtomicU64) -> Arc<Reading> {
        // Not under the lock: a breaker that is declared and was never used is made now, and who listens is told.
        self.scope.make_declared();
        // Held until counters are told: of two readings at once, the one that is told last could be the older.
        let mut latest = self.latest.lock().unpoisoned();
        let is_new = latest.number != seen.load(Ordering::Relaxed);
        let reading = latest.reading.clone().filter(|_| is_new);
        let reading = reading.unwrap_or_else(|| latest.take(self.scope.read()));
        seen.store(latest.number, Ordering::Relaxed);
        reading
    }
}

impl Latest {
    fn take(&mut self, reading: Reading) -> Arc<Reading> {
        self.counters.iter_mut().for_each(|counter| counter.tell(&reading));
        self.number += 1;
        let reading = Arc::new(reading);
        self.reading = Some(Arc::clone(&reading));
        reading
    }
}
