//! Which registry a thread means: the program's, unless a test has isolated it.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::book::Registry;

/// Whether anything was ever isolated: as long as nothing was, no thread has to look.
static ANY: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Those that the thread means, each under the number of its guard; the latest last.
    static MEANT: RefCell<Vec<(u64, &'static Registry)>> = const { RefCell::new(Vec::new()) };
}

/// The registry of the test that this thread runs, if it is isolated.
#[inline]
pub(crate) fn isolated() -> Option<&'static Registry> {
    if !ANY.load(Ordering::Relaxed) {
        return None;
    }
    // A thread that is taking itself down means none any more.
    MEANT.try_with(|meant| meant.borrow().last().map(|(_, registry)| *registry)).ok().flatten()
}

/// The thread means another registry as long as this lives; in whatever order several are dropped.
pub(crate) struct Current {
    number: u64,
    /// It is this thread that means it.
    not_send: PhantomData<*const ()>,
}

impl Current {
    pub(crate) fn set(registry: &'static Registry) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        ANY.store(true, Ordering::Relaxed);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let _ = MEANT.try_with(|meant| meant.borrow_mut().push((number, registry)));
        Self { number, not_send: PhantomData }
    }
}

impl Drop for Current {
    fn drop(&mut self) {
        let is_other = |(number, _): &(u64, &'static Registry)| *number != self.number;
        let _ = MEANT.try_with(|meant| meant.borrow_mut().retain(is_other));
    }
}
