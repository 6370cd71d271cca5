//! Who may watch, as many as there is room for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::time::Instant;

use crate::poison::Unpoisoned;

/// For how long a place is nobody else's.
const TERM: Duration = Duration::from_secs(60);

/// The places of those who watch. Whoever comes when all are taken gets the one that was taken first, if that is a minute ago: so
/// all get their turn, and nobody keeps others out by a connection that he never reads.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    /// By the time at which they were taken.
    taken: Mutex<Vec<Weak<Taken>>>,
}

/// One place. It is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<Taken>);

#[derive(Debug)]
struct Taken {
    since: Instant,
    is_lost: AtomicBool,
}

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self { most, taken: Mutex::default() }
    }

    pub(super) fn take(&self) -> Option<Place> {
        let since = Instant::now();
        let mut taken = self.taken.lock().unpoisoned();
        taken.retain(|place| place.strong_count() > 0);
        if taken.len() >= self.most {
            let first = taken.first()?.upgrade();
            if let Some(first) = first {
                if since < first.since + TERM {
                    return None;
                }
                first.is_lost.store(true, Ordering::Relaxed);
            }
            taken.remove(0);
        }
        let place = Arc::new(Taken { since, is_lost: false.into() });
        taken.push(Arc::downgrade(&place));
        Some(Place(place))
    }
}

impl Place {
    /// Whether it is another's.
    pub(super) fn is_lost(&self) -> bool {
        self.0.is_lost.load(Ordering::Relaxed)
    }
}
