//! A hand-over for listeners that need to await: a bounded channel that counts what it drops.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::sync::mpsc::{self, error::TrySendError};

use crate::breaker::{Event, Listener, on_change, on_event};

/// A channel that a breaker's events go into, and whose other end can await them. A call never waits for it: when
/// `capacity` events are in it, those that come are dropped, and counted.
///
/// Returns a maker of listeners and the end to receive from. Works in any runtime.
///
/// ```
/// use circuit_runtime::{CircuitBreaker, Settings, event_channel};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), circuit_runtime::SettingsError> {
/// let breaker = CircuitBreaker::new("db", Settings::new())?;
/// let (sender, mut events) = event_channel(1024);
/// breaker.add_listener(sender.changes());
/// drop(sender);
///
/// breaker.open();
/// let event = events.recv().await.expect("the breaker lives");
/// println!("{event}"); // to a pager, a database, a chat: whatever takes time
///
/// drop(breaker); // and its listeners
/// assert!(events.recv().await.is_none());
/// assert_eq!(events.dropped(), 0);
/// # Ok(())
/// # }
/// ```
///
/// # Panics
///
/// If `capacity` is 0, or more than `tokio` can count (`usize::MAX >> 3`).
#[track_caller]
pub fn event_channel(capacity: usize) -> (EventSender, EventReceiver) {
    let (sender, receiver) = mpsc::channel(capacity);
    let dropped = Arc::default();
    (EventSender { sender, dropped: Arc::clone(&dropped) }, EventReceiver { receiver, dropped })
}

/// The end of an [`event_channel`] that listeners hand events to.
#[derive(Clone, Debug)]
pub struct EventSender {
    sender: mpsc::Sender<Event>,
    dropped: Arc<AtomicU64>,
}

impl EventSender {
    /// A listener that sends every event.
    pub fn events(&self) -> impl Listener + use<> {
        on_event(self.sending())
    }

    /// A listener that sends changes alone, and costs calls nothing: of state, mode and settings, and breakers that are
    /// registered.
    pub fn changes(&self) -> impl Listener + use<> {
        on_change(self.sending())
    }

    fn sending(&self) -> impl Fn(Event) + Send + Sync + use<> {
        let Self { sender, dropped } = self.clone();
        move |event| {
            if let Err(TrySendError::Full(_)) = sender.try_send(event) {
                dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// The end of an [`event_channel`] that can await events. With feature `stream` it is a `Stream` of them.
pub struct EventReceiver {
    receiver: mpsc::Receiver<Event>,
    dropped: Arc<AtomicU64>,
}

impl EventReceiver {
    /// The next event; `None` when there is none left and no sender and no listener of it lives. Dropped before its end, it
    /// loses none.
    pub async fn recv(&mut self) -> Option<Event> {
        self.receiver.recv().await
    }

    /// The next event if there is one already.
    pub fn try_recv(&mut self) -> Option<Event> {
        self.receiver.try_recv().ok()
    }

    /// As [`recv`](Self::recv), for futures and streams written by hand.
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.receiver.poll_recv(context)
    }

    /// As [`recv`](Self::recv), for a thread that may wait.
    ///
    /// # Panics
    ///
    /// In an asynchronous runtime of `tokio`.
    #[track_caller]
    pub fn blocking_recv(&mut self) -> Option<Event> {
        self.receiver.blocking_recv()
    }

    /// Events that were dropped so far, because the channel was full.
    ///
    /// Those that come when this end is gone are nobody's, and counted nowhere.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for EventReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventReceiver")
            .field("waiting", &self.receiver.len())
            .field("dropped", &self.dropped())
            .finish()
    }
}

#[cfg(feature = "stream")]
impl futures_core::Stream for EventReceiver {
    type Item = Event;

    fn poll_next(self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.get_mut().poll_recv(context)
    }
}
