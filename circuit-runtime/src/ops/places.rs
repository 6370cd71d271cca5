//! Who may watch, as many as there is room for.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::time::Instant;

use crate::poison::Unpoisoned;

/// After how long one who takes nothing of what is sent, not even the signs of life, loses his place to one who comes.
const PATIENCE: Duration = Duration::from_secs(45);

/// The places of those who watch. Whoever comes when all are taken gets the place of one who is not there any more, if there is
/// one: a connection may be kept open for ever by somebody who reads nothing.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    opened_at: Instant,
    taken: Mutex<Vec<Weak<Taken>>>,
}

/// One place. It is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    taken: Arc<Taken>,
    opened_at: Instant,
}

#[derive(Debug)]
struct Taken {
    /// In milliseconds since the places were opened.
    seen_at: AtomicU64,
    is_lost: AtomicBool,
}

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self { most, opened_at: Instant::now(), taken: Mutex::default() }
    }

    pub(super) fn take(&self) -> Option<Place> {
        let now = millis(self.opened_at);
        let mut taken = self.taken.lock().unpoisoned();
        taken.retain(|place| place.strong_count() > 0);
        if taken.len() >= self.most {
            let lost = taken
                .iter()
                .position(|place| place.upgrade().is_some_and(|place| place.is_left_at(now)))?;
            if let Some(place) = taken.swap_remove(lost).upgrade() {
                place.is_lost.store(true, Ordering::Relaxed);
            }
        }
        let place = Arc::new(Taken { seen_at: now.into(), is_lost: false.into() });
        taken.push(Arc::downgrade(&place));
        Some(Place { taken: place, opened_at: self.opened_at })
    }
}

impl Taken {
    fn is_left_at(&self, now: u64) -> bool {
        let patience = u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX);
        now.saturating_sub(self.seen_at.load(Ordering::Relaxed)) > patience
    }
}

impl Place {
    /// Says that its holder is there. Returns whether it is still his.
    pub(super) fn keep(&self) -> bool {
        self.taken.seen_at.store(millis(self.opened_at), Ordering::Relaxed);
        !self.taken.is_lost.load(Ordering::Relaxed)
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
