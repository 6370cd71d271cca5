//! What the callers know of their calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use circuit_runtime::{CircuitBreaker, Listener, StateChange};

#[derive(Default)]
pub(crate) struct Tally {
    asked: AtomicU64,
    forgotten: AtomicU64,
    changes: AtomicU64,
    listens: bool,
}

impl Tally {
    pub(crate) fn of(breaker: &CircuitBreaker, listens: bool) -> Arc<Self> {
        let tally = Arc::new(Self { listens, ..Self::default() });
        if listens {
            breaker.add_listener(Changes(Arc::clone(&tally)));
        }
        tally
    }

    pub(crate) fn listens(&self) -> bool {
        self.listens
    }

    /// A call asks to be made.
    pub(crate) fn ask(&self) {
        self.asked.fetch_add(1, Ordering::Relaxed);
    }

    /// A call was made, and will never end.
    pub(crate) fn forget(&self) {
        self.forgotten.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten.load(Ordering::Relaxed)
    }

    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }
}

struct Changes(Arc<Tally>);

impl Listener for Changes {
    fn state_change(&self, _: &CircuitBreaker, _: &StateChange) {
        self.0.changes.fetch_add(1, Ordering::Relaxed);
    }
}
