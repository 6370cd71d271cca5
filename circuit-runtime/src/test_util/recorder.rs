//! What breakers tell, written down.

use std::mem;
use std::sync::{Arc, Mutex};

use crate::breaker::{CircuitBreaker, Event, EventKind, Listener, on_event};
use crate::poison::Unpoisoned;
use crate::registry::registry;

/// Events of one breaker or of all, written down since [`record`] or [`record_all`]. Clones share what is written; when the last
/// one is dropped, nothing is written any more.
///
/// The breaker goes on telling of every call. For one that other tests share, add a [`listener`](Self::listener) by hand, and
/// remove it at the end.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    events: Arc<Mutex<Vec<Event>>>,
}

/// Writes down what `breaker` tells from now on.
///
/// ```
/// use circuit_runtime::test_util::record;
/// use circuit_runtime::{CircuitBreaker, Settings};
///
/// let breaker = CircuitBreaker::new("db", Settings::new().threshold(1))?;
/// let recorder = record(&breaker);
/// breaker.try_acquire()?.failure(&"down");
/// assert_eq!(recorder.take_lines(), ["before_call", "failure: down", "closed to open"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn record(breaker: &CircuitBreaker) -> Recorder {
    let recorder = Recorder::default();
    breaker.add_listener(recorder.listener());
    recorder
}

/// Writes down what all breakers tell from now on: those of the test, if it is [isolated](super::isolate).
pub fn record_all() -> Recorder {
    let recorder = Recorder::default();
    registry().add_listener(recorder.listener());
    recorder
}

impl Recorder {
    /// A listener that writes down here, to be added and removed by hand.
    pub fn listener(&self) -> impl Listener + use<> {
        let events = Arc::downgrade(&self.events);
        on_event(move |event| {
            if let Some(events) = events.upgrade() {
                events.lock().unpoisoned().push(event);
            }
        })
    }

    /// The events written down since they were taken last.
    pub fn take(&self) -> Vec<Event> {
        mem::take(&mut *self.events.lock().unpoisoned())
    }

    /// As [`take`](Self::take), each in a few words: `"before_call"`, `"failure: down"`, `"closed to open"`.
    pub fn take_lines(&self) -> Vec<String> {
        self.take().into_iter().map(|event| event.kind.to_string()).collect()
    }

    /// As [`take_lines`](Self::take_lines), of the changes of state alone; all other events are taken as well.
    pub fn take_state_changes(&self) -> Vec<String> {
        let is_change = |event: &Event| matches!(event.kind, EventKind::StateChange(_));
        let changes = self.take().into_iter().filter(is_change);
        changes.map(|event| event.kind.to_string()).collect()
    }
}
