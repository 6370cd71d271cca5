//! Waiting until a breaker and its fleet agree.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use super::contract::StorageError;
use crate::breaker::CircuitBreaker;

/// Waits until all was said and heard: [`CircuitBreaker::sync`]. A future for any runtime; where there is none, it
/// [waits](Self::wait).
#[derive(Debug)]
#[must_use = "nothing is waited for until it is awaited, or `wait` is called"]
pub struct Synced(oneshot::Receiver<Result<(), String>>);

impl Synced {
    pub(super) fn waiting() -> (oneshot::Sender<Result<(), String>>, Self) {
        let (sender, receiver) = oneshot::channel();
        (sender, Self(receiver))
    }

    /// Blocks the thread until then.
    ///
    /// # Errors
    ///
    /// As for [`CircuitBreaker::sync`].
    ///
    /// # Panics
    ///
    /// In an asynchronous task of `tokio`, which is to await it.
    pub fn wait(self) -> Result<(), StorageError> {
        result(self.0.blocking_recv())
    }
}

impl Future for Synced {
    type Output = Result<(), StorageError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(result)
    }
}

/// Where there is nobody to answer, there is nothing to agree on.
fn result(
    received: Result<Result<(), String>, oneshot::error::RecvError>,
) -> Result<(), StorageError> {
    received.unwrap_or(Ok(())).map_err(StorageError::Unreachable)
}

impl CircuitBreaker {
    /// Waits until this breaker has told its fleet all that it knows, and has heard all that the fleet knows; and, if it is
    /// half-open, has asked for the right to probe. For processes that are frozen between two calls, and for tests: anything
    /// else goes on by itself.
    ///
    /// ```
    /// use circuit_runtime::storage::MemoryStorage;
    /// use circuit_runtime::{State, breaker, configure};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// configure().storage(MemoryStorage::new()).install()?;
    /// let queue = breaker!("synced/queue", threshold = 5);
    /// queue.sync().wait()?; // in a task: `queue.sync().await?`
    /// assert_eq!(queue.state(), State::Closed);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// At once, if it has no storage.
    ///
    /// # Errors
    ///
    /// If the storage cannot be reached.
    pub fn sync(&self) -> Synced {
        let (sender, synced) = Synced::waiting();
        if let Some(membership) = self.membership() {
            membership.sync(self, Box::new(move |result| drop(sender.send(result))));
        }
        synced
    }
}
