//! A storage in the memory of this process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use super::contract::{BoxFuture, Pushes, Session, Storage, StorageError};
use super::record::Record;
use super::request::{Reply, Request};
use crate::poison::Unpoisoned;

/// A fleet's storage within one process: for tests, and to see what a shared breaker does without a server. Clones are the
/// same storage.
///
/// ```
/// use circuit_runtime::configure;
/// use circuit_runtime::storage::MemoryStorage;
///
/// # fn main() -> Result<(), circuit_runtime::RegistryError> {
/// configure().storage(MemoryStorage::new()).install()
/// # }
/// ```
#[derive(Clone, Default)]
pub struct MemoryStorage {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    records: HashMap<String, Option<Record>>,
    listeners: Vec<Pushes>,
    /// Which connection is the latest: those from before it was cut are lost.
    age: u64,
    is_away: bool,
}

impl MemoryStorage {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on nobody reaches it, until [`come_back`](Self::come_back): to see what a program does then.
    pub fn go_away(&self) {
        let mut inner = self.inner.lock().unpoisoned();
        inner.is_away = true;
        inner.age += 1;
        inner.listeners.drain(..).for_each(|pushes| pushes.lost("the storage went away"));
    }

    /// It can be reached again, and remembers everything.
    pub fn come_back(&self) {
        self.inner.lock().unpoisoned().is_away = false;
    }

    /// Forgets everything, as a server that restarts empty.
    pub fn forget(&self) {
        self.inner.lock().unpoisoned().records.clear();
    }
}

impl fmt::Debug for MemoryStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.inner.lock().unpoisoned();
        f.debug_struct("MemoryStorage")
            .field("breakers", &inner.records.len())
            .field("is_away", &inner.is_away)
            .finish()
    }
}

impl Inner {
    fn answer(&self, age: u64) -> Result<(), StorageError> {
        if self.is_away || self.age != age {
            return Err(StorageError::Unreachable("the storage went away".to_owned()));
        }
        Ok(())
    }
}

impl Storage for MemoryStorage {
    fn address(&self) -> String {
        "memory".to_owned()
    }

    fn connect(&self, pushes: Pushes) -> BoxFuture<Result<Arc<dyn Session>, StorageError>> {
        let mut inner = self.inner.lock().unpoisoned();
        let age = inner.age;
        let connected = inner.answer(age).map(|()| {
            inner.listeners.push(pushes);
            let session: Arc<dyn Session> = Arc::new(InMemory { storage: self.clone(), age });
            session
        });
        Box::pin(std::future::ready(connected))
    }
}

struct InMemory {
    storage: MemoryStorage,
    age: u64,
}

impl InMemory {
    fn apply(&self, breaker: &str, request: &Request) -> Result<Reply, StorageError> {
        let mut inner = self.storage.inner.lock().unpoisoned();
        inner.answer(self.age)?;
        let now = millis_since_1970();
        let record = inner.records.entry(breaker.to_owned()).or_default();
        let applied = Record::apply(record, request, now);
        let record = record.clone();
        if let (true, Some(record)) = (applied.publish, &record) {
            inner.listeners.retain(|pushes| !pushes.sender.is_closed());
            inner.listeners.iter().for_each(|pushes| pushes.push(breaker, record.clone(), now));
        }
        Ok(Reply::new(applied.done, record, now))
    }
}

impl Session for InMemory {
    fn exchange(&self, breaker: &str, request: Request) -> BoxFuture<Result<Reply, StorageError>> {
        Box::pin(std::future::ready(self.apply(breaker, &request)))
    }

    fn ping(&self) -> BoxFuture<Result<(), StorageError>> {
        let answer = self.storage.inner.lock().unpoisoned().answer(self.age);
        Box::pin(std::future::ready(answer))
    }
}

fn millis_since_1970() -> u64 {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
