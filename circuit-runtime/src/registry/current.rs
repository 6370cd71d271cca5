//! Which registry a thread means: the program's, unless a test has isolated it.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

use super::book::Registry;

/// Whether anything was ever isolated: as long as nothing was, no thread has to look.
static ANY: AtomicBool = AtomicBool::new(false);

thread_local! {
    static CURRENT: Cell<Option<&'static Registry>> = const { Cell::new(None) };
}

/// The registry of the test that this thread runs, if it is isolated.
#[inline]
pub(crate) fn isolated() -> Option<&'static Registry> {
    if ANY.load(Ordering::Relaxed) { CURRENT.with(Cell::get) } else { None }
}

/// The thread means another registry as long as this lives.
pub(crate) struct Current {
    before: Option<&'static Registry>,
}

impl Current {
    pub(crate) fn set(registry: &'static Registry) -> Self {
        ANY.store(true, Ordering::Relaxed);
        Self { before: CURRENT.with(|current| current.replace(Some(registry))) }
    }
}

impl Drop for Current {
    fn drop(&mut self) {
        CURRENT.with(|current| current.set(self.before));
    }
}
