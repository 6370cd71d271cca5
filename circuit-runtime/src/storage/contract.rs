//! What keeps the records of a fleet, as the fleet sees it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::record::Record;
use super::request::{Reply, Request};

/// A future in a box, so that a [`Storage`] can be anything.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Where the processes of a fleet keep what they share: `RedisStorage` (feature `redis`), [`MemoryStorage`](super::MemoryStorage),
/// or one of your own.
///
/// A storage keeps one [`Record`] for each name, and takes one request at a time to each: [`Record::apply`] takes the decision,
/// so that a transaction around reading, applying and writing a record is all there is to it. No call ever waits for a
/// storage; one thread per fleet talks to it.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::{Arc, Mutex};
/// use std::time::SystemTime;
/// use circuit_runtime::storage::{
///     BoxFuture, Pushes, Record, Reply, Request, Session, Storage, StorageError,
/// };
///
/// /// In a table of your own, say.
/// #[derive(Clone, Default)]
/// struct Table(Arc<Mutex<HashMap<String, Option<Record>>>>);
///
/// impl Storage for Table {
///     fn address(&self) -> String {
///         "a table".to_owned()
///     }
///     fn connect(&self, _: Pushes) -> BoxFuture<Result<Arc<dyn Session>, StorageError>> {
///         let session: Arc<dyn Session> = Arc::new(self.clone());
///         Box::pin(async { Ok(session) })
///     }
/// }
///
/// impl Session for Table {
///     fn exchange(&self, breaker: &str, request: Request) -> BoxFuture<Result<Reply, StorageError>> {
///         let mut table = self.0.lock().unwrap(); // the transaction
///         let record = table.entry(breaker.to_owned()).or_default();
///         let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as u64; // one clock for all
///         let applied = Record::apply(record, &request, now);
///         let reply = Reply::new(applied.done, record.clone(), now);
///         Box::pin(async { Ok(reply) })
///     }
///     fn ping(&self) -> BoxFuture<Result<(), StorageError>> {
///         Box::pin(async { Ok(()) })
///     }
/// }
/// ```
///
/// Pushes are not needed for it to work, but for it to be fast: without them, others learn of a trip when they next look,
/// within [`poll`](super::Fleet::poll).
pub trait Storage: Send + Sync + 'static {
    /// What it is, for logs and errors: without any password.
    fn address(&self) -> String;

    /// Makes a connection, and has what others write pushed into `pushes` as long as it lasts. Called again when the session is
    /// lost. Given up after [`timeout`](super::Fleet::timeout), twice over.
    fn connect(&self, pushes: Pushes) -> BoxFuture<Result<Arc<dyn Session>, StorageError>>;

    /// Told once, by the fleet that it is given to.
    fn joined(&self, fleet: &super::FleetHandle) {
        let _ = fleet;
    }
}

/// One connection to a [`Storage`]. Its futures run in a `tokio` runtime with time and I/O, on one thread.
pub trait Session: Send + Sync + 'static {
    /// Applies one request to the record of `breaker`, with nobody else between reading and writing it.
    fn exchange(&self, breaker: &str, request: Request) -> BoxFuture<Result<Reply, StorageError>>;

    /// Whether the storage still answers.
    fn ping(&self) -> BoxFuture<Result<(), StorageError>>;
}

/// Takes what a storage pushes: the record of a breaker, each time one was [published](super::Applied::publish).
#[derive(Clone, Debug)]
pub struct Pushes {
    pub(super) sender: mpsc::UnboundedSender<Pushed>,
}

/// What was pushed.
#[derive(Debug)]
pub(super) enum Pushed {
    Word { breaker: String, record: Box<Record>, now: u64 },
    Lost(String),
}

impl Pushes {
    /// Hands on what stands under the name of `breaker` since `now`, in milliseconds since 1970 by the storage's clock. Never
    /// waits.
    pub fn push(&self, breaker: &str, record: Record, now: u64) {
        // Nobody is there to hear it any more where the session is over.
        let (breaker, record) = (breaker.to_owned(), Box::new(record));
        let _ = self.sender.send(Pushed::Word { breaker, record, now });
    }

    /// Says that the session is lost, before a request finds out.
    pub fn lost(&self, why: impl fmt::Display) {
        let _ = self.sender.send(Pushed::Lost(why.to_string()));
    }
}

/// Why a storage did not answer.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// It cannot be reached, or does not answer: the fleet goes on without it and tries again.
    #[error("{0}")]
    Unreachable(String),
    /// What lies under the breaker's name is none of this crate's records, or one of another version's layout: this breaker
    /// goes on without the others.
    #[error("{0}")]
    Foreign(String),
    /// What the storage was to be made of makes no sense: its address, say.
    #[error("{0}")]
    Invalid(String),
}
