//! The changes of late.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use tokio::sync::watch;

use crate::breaker::{Event, EventKind};
use crate::poison::Unpoisoned;

/// An event, and where it stands among all: numbers only grow, over restarts of the program as well.
#[derive(Clone, Debug)]
pub(super) struct Logged {
    pub(super) id: u64,
    pub(super) event: Event,
}

/// As it is sent: the event, its number, and its line.
#[derive(Serialize)]
pub(super) struct Sent<'e> {
    id: u64,
    text: String,
    #[serde(flatten)]
    event: &'e Event,
}

impl Logged {
    pub(super) fn sent(&self) -> Sent<'_> {
        Sent { id: self.id, text: self.event.to_string(), event: &self.event }
    }
}

/// As many of the latest events as it has room for, and as many of the latest operations.
#[derive(Debug)]
pub(super) struct Log {
    room: usize,
    kept: Mutex<Kept>,
    /// For who waits for the next one; its number is in what is kept.
    changed: watch::Sender<()>,
}

#[derive(Debug)]
struct Kept {
    next: u64,
    events: VecDeque<Logged>,
    /// Apart, since a breaker that opens and closes again and again would soon have pushed out who did what.
    operations: VecDeque<Logged>,
}

impl Log {
    pub(super) fn new(room: usize) -> Self {
        // Of two programs after one another the second has the higher numbers, and a script can still count them.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let next = u64::try_from(since.as_micros()).unwrap_or(1).max(1);
        let kept = Mutex::new(Kept { next, events: VecDeque::new(), operations: VecDeque::new() });
        Self { room, kept, changed: watch::Sender::new(()) }
    }

    /// Called by the thread whose call or hand made the change: it writes the event down, and leaves its text to those who read.
    pub(super) fn push(&self, event: Event) {
        if matches!(event.kind, EventKind::Registered) {
            // No change of a breaker, and of the members of a group there may be any number.
            return;
        }
        let mut kept = self.kept.lock().unpoisoned();
        let id = kept.next;
        kept.next += 1;
        let is_operation = matches!(event.kind, EventKind::Operated(_));
        let ring = if is_operation { &mut kept.operations } else { &mut kept.events };
        ring.push_back(Logged { id, event });
        let oldest = if ring.len() > self.room { ring.pop_front() } else { None };
        drop(kept);
        self.changed.send_replace(());
        drop(oldest);
    }

    /// Those after the one that is numbered `id`, the latest last; all, if that is none of this program's. Of all breakers, or
    /// `only` of one.
    pub(super) fn after(&self, id: u64, only: Option<&str>) -> Vec<Logged> {
        let kept = self.kept.lock().unpoisoned();
        let is_ours = id < kept.next;
        let is_meant = |logged: &&Logged| {
            let is_later = !is_ours || logged.id > id;
            is_later && only.is_none_or(|only| *logged.event.breaker == *only)
        };
        let all = kept.events.iter().chain(&kept.operations);
        let mut after: Vec<_> = all.filter(is_meant).cloned().collect();
        drop(kept);
        after.sort_unstable_by_key(|logged| logged.id);
        after
    }

    /// The number of the latest event, whether it is still kept or not.
    pub(super) fn latest(&self) -> u64 {
        self.kept.lock().unpoisoned().next - 1
    }

    /// Is told when there are events that it has not seen.
    pub(super) fn watch(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::breaker::{CircuitBreaker, Operation, Settings, on_change};

    #[test]
    fn the_latest_are_kept_and_their_numbers_grow_without_a_gap() {
        let log = Arc::new(Log::new(3));
        let before = log.latest();
        let breaker = CircuitBreaker::new("db", Settings::new()).expect("valid");
        let to = Arc::clone(&log);
        breaker.add_listener(on_change(move |event| to.push(event)));
        breaker.tell_registered();
        (0..2).for_each(|_| {
            breaker.open();
            breaker.close();
        });
        let numbers =
            |after| log.after(after, None).iter().map(|logged| logged.id).collect::<Vec<_>>();
        assert_eq!(numbers(0), [before + 2, before + 3, before + 4]);
        assert_eq!(numbers(before + 3), [before + 4]);
        assert_eq!(numbers(log.latest()), Vec::<u64>::new());
        assert_eq!(numbers(log.latest() + 1), numbers(0), "another program's");
        assert_eq!(log.latest(), before + 4);
    }

    #[test]
    fn who_did_what_is_not_pushed_out_by_what_breakers_do() {
        let log = Arc::new(Log::new(2));
        let breaker = CircuitBreaker::new("db", Settings::new()).expect("valid");
        let to = Arc::clone(&log);
        breaker.add_listener(on_change(move |event| to.push(event)));
        breaker.open();
        breaker.tell_operated(&Operation::new("alice", "open"));
        (0..5).for_each(|_| {
            breaker.close();
            breaker.open();
        });
        let kinds: Vec<_> =
            log.after(0, None).iter().map(|logged| logged.event.kind.name()).collect();
        assert_eq!(kinds, ["operated", "state_change", "state_change"]);
        assert!(log.after(0, None).is_sorted_by_key(|logged| logged.id));
    }

    #[test]
    fn without_room_nothing_is_kept_and_who_watches_is_told_all_the_same() {
        let log = Arc::new(Log::new(0));
        let breaker = CircuitBreaker::new("db", Settings::new()).expect("valid");
        let to = Arc::clone(&log);
        breaker.add_listener(on_change(move |event| to.push(event)));
        let mut watch = log.watch();
        breaker.open();
        assert!(log.after(0, None).is_empty());
        assert!(watch.has_changed().expect("it lives"));
        watch.mark_unchanged();
    }
}
