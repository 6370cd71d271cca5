//! A SQLite database in a file, behind two guarded functions; and the lock that breaks it.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, fs, io, iter, process};

use circuit_runtime::{Rejected, circuit_breaker};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// How long SQLite waits for a lock before it gives up.
const PATIENCE: Duration = Duration::from_millis(200);

/// Failures in a row that trip the breaker `"db"`.
pub(crate) const THRESHOLD: u32 = 3;

#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) id: i64,
    pub(crate) name: String,
}

#[derive(Debug, thiserror::Error)]
#[error("the name is empty")]
pub(crate) struct ValidationError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum DbError {
    #[error("invalid customer: {0}")]
    Validation(#[from] ValidationError),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// Saves a customer. A database that refuses an empty name is a database that works: hence `exclude`.
#[circuit_breaker(name = "db", threshold = THRESHOLD, ttl = "1500ms", exclude = [ValidationError])]
pub(crate) fn update_customer(db: &Database, customer: &Customer) -> Result<(), DbError> {
    let connection = db.connection();
    if customer.name.is_empty() {
        return Err(ValidationError.into());
    }
    connection.execute(
        "INSERT INTO customer (id, name) VALUES (?1, ?2)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        params![customer.id, customer.name],
    )?;
    Ok(())
}

/// All customers, fetched one at a time as the iterator is advanced: all of it is one call to the breaker.
#[circuit_breaker(name = "db")]
pub(crate) fn customers(db: &Database) -> impl Iterator<Item = Result<Customer, DbError>> {
    let connection = db.connection();
    let mut last = Some(0);
    iter::from_fn(move || {
        let next = customer_after(connection, last?).transpose();
        last = next.as_ref().and_then(|next| next.as_ref().ok()).map(|customer| customer.id);
        Some(next?.map_err(DbError::from))
    })
}

fn customer_after(connection: &Connection, id: i64) -> rusqlite::Result<Option<Customer>> {
    let mut statement = connection
        .prepare_cached("SELECT id, name FROM customer WHERE id > ?1 ORDER BY id LIMIT 1")?;
    let read = |row: &Row<'_>| Ok(Customer { id: row.get(0)?, name: row.get(1)? });
    statement.query_row([id], read).optional()
}

/// The database, and how often a call has reached it.
#[derive(Debug)]
pub(crate) struct Database {
    connection: Connection,
    reached: Cell<u64>,
    // The last field, because it is dropped last: an open file cannot be deleted everywhere.
    directory: Directory,
}

impl Database {
    /// A new and empty one, deleted when dropped.
    pub(crate) fn create() -> Result<Self, Box<dyn std::error::Error>> {
        let directory = Directory::create()?;
        let connection = Connection::open(directory.file())?;
        connection.busy_timeout(PATIENCE)?;
        connection
            .execute_batch("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")?;
        Ok(Self { connection, reached: Cell::new(0), directory })
    }

    /// How many calls have got as far as the connection.
    pub(crate) fn reached(&self) -> u64 {
        self.reached.get()
    }

    /// Locks the database from another connection: until the lock is dropped, nobody else can read or write.
    pub(crate) fn lock(&self) -> Result<Lock, rusqlite::Error> {
        let connection = Connection::open(self.directory.file())?;
        connection.execute_batch("BEGIN EXCLUSIVE")?;
        Ok(Lock(connection))
    }

    fn connection(&self) -> &Connection {
        self.reached.set(self.reached.get() + 1);
        &self.connection
    }
}

/// The lock of another connection.
#[derive(Debug)]
pub(crate) struct Lock(Connection);

impl Lock {
    pub(crate) fn release(self) -> Result<(), rusqlite::Error> {
        self.0.execute_batch("ROLLBACK")
    }
}

/// A directory of this process alone. SQLite keeps a journal beside its file, so the file alone will not do.
#[derive(Debug)]
struct Directory(PathBuf);

impl Directory {
    fn create() -> io::Result<Self> {
        // The process id alone may come again, and with it the directory of a process that was killed.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let path = env::temp_dir().join(format!("circuit-quickstart-{}-{now}", process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    fn file(&self) -> PathBuf {
        self.0.join("customers.sqlite")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("quickstart: {} is left behind: {error}", self.0.display());
        }
    }
}
