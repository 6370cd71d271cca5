//! Who is told what a breaker does.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use super::listener::{Listener, ListenerId};
use super::quietly::quietly;
use crate::poison::Unpoisoned;

/// A listener that a feature brings along, told of changes of every breaker there is. Known when the program is linked, so
/// that nothing in here has to name it.
pub(crate) struct Standing(pub(crate) &'static dyn Listener);

inventory::collect!(Standing);

/// A listener under its id; the same one may stand in many breakers' lists.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) id: ListenerId,
    hears_calls: bool,
    listener: Arc<dyn Listener>,
}

impl Entry {
    pub(crate) fn new(listener: impl Listener) -> Self {
        let hears_calls = quietly(|| listener.hears_calls()).unwrap_or(true);
        Self { id: ListenerId::next(), hears_calls, listener: Arc::new(listener) }
    }
}

#[cfg(feature = "storage")]
impl Entry {
    /// Tells `listeners` of a storage, and those that features bring along.
    pub(crate) fn tell_storage_change(listeners: &[Self], change: &super::change::StorageChange) {
        let standing = inventory::iter::<Standing>.into_iter().map(|Standing(listener)| *listener);
        for listener in standing.chain(listeners.iter().map(|entry| &*entry.listener)) {
            // There is no breaker to count its panic at.
            let _ = quietly(|| listener.storage_change(change));
        }
    }
}

/// A breaker's listeners, in the order in which they came.
#[derive(Default)]
pub(super) struct Listeners {
    /// Calls that are looked at for other reasons are spared the list.
    hear_calls: AtomicBool,
    // Behind an `Arc`, so that telling them holds no lock: a listener may add or remove one.
    list: RwLock<Arc<[Entry]>>,
    panics: AtomicU64,
}

impl Listeners {
    pub(super) fn add(&self, entry: Entry) {
        let mut list = self.list.write().unpoisoned();
        *list = list.iter().cloned().chain([entry]).collect();
        self.note_who_hears_calls(&list);
    }

    /// Returns the listener if it was there: to be dropped where no lock is held, since its `drop` is the user's code.
    #[must_use]
    pub(super) fn remove(&self, id: ListenerId) -> Option<Entry> {
        let mut list = self.list.write().unpoisoned();
        let removed = list.iter().find(|entry| entry.id == id).cloned();
        if removed.is_some() {
            *list = list.iter().filter(|entry| entry.id != id).cloned().collect();
            self.note_who_hears_calls(&list);
        }
        removed
    }

    fn note_who_hears_calls(&self, list: &[Entry]) {
        self.hear_calls.store(list.iter().any(|entry| entry.hears_calls), Ordering::Release);
    }

    pub(super) fn hear_calls(&self) -> bool {
        self.hear_calls.load(Ordering::Acquire)
    }

    /// Tells those who hear calls.
    #[inline]
    pub(super) fn tell_of_call(&self, event: impl Fn(&dyn Listener)) {
        if self.hear_calls() {
            self.tell(|entry| entry.hears_calls, event);
        }
    }

    /// Tells everybody.
    #[cold]
    pub(super) fn tell_of_change(&self, event: impl Fn(&dyn Listener)) {
        for Standing(listener) in inventory::iter::<Standing> {
            self.survive(|| event(*listener));
        }
        self.tell(|_| true, event);
    }

    #[cold]
    fn tell(&self, whom: impl Fn(&Entry) -> bool, event: impl Fn(&dyn Listener)) {
        let list = self.list.read().unpoisoned().clone();
        for entry in list.iter().filter(|entry| whom(entry)) {
            self.survive(|| event(&*entry.listener));
        }
        // The last to know a listener that was removed meanwhile drops it.
        self.survive(|| drop(list));
    }

    fn survive(&self, foreign: impl FnOnce()) {
        if quietly(foreign).is_none() {
            self.panics.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }
}
