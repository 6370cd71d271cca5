//! The storage itself, as a program makes it.

use std::fmt;
use std::sync::{Arc, Mutex};

use redis::Client;

use super::address;
use super::connection::Server;
use super::names::Names;
use super::session::CONNECT_TIMEOUT;
use crate::poison::Unpoisoned;
use crate::storage::{BoxFuture, FleetHandle, Pushes, Session, Storage, StorageError};

/// A fleet's storage in Redis, from version 6.2, or Valkey: one server, or what [`sentinel`](Self::sentinel) or
/// [`cluster`](Self::cluster) lead to. Clones are the same storage.
///
/// ```no_run
/// use circuit_runtime::storage::RedisStorage;
///
/// # fn main() -> Result<(), circuit_runtime::storage::StorageError> {
/// let storage = RedisStorage::new("redis://user:password@localhost:6379/0")?;
/// println!("{storage:?}"); // without the password
/// # Ok(())
/// # }
/// ```
///
/// A breaker is one hash, under the key `circuit:{its name}`; it expires when nothing has happened to it for long. What is to
/// be known at once is published on the channel `circuit:words`, or `circuit:words:<n>` for database n other than 0; answers
/// and messages come on one connection per process, by RESP3. A user with limited rights needs `EVALSHA`, `EVAL`, `TIME`,
/// `TYPE`, `EXISTS`, `PTTL`, `HMGET`, `HGETALL`, `HSET`, `HDEL`, `PEXPIRE` and `PUBLISH`, `SUBSCRIBE`, `PING` and `HELLO`, on these keys
/// and this channel.
#[derive(Clone)]
pub struct RedisStorage {
    server: Server,
    names: Names,
    /// Told by the fleet that this is given to.
    fleet: Arc<Mutex<Option<FleetHandle>>>,
}

impl RedisStorage {
    /// The server at `url`: `redis://user:password@host:6379/0`, `rediss://` with TLS (feature `redis-rustls`), `unix:///run/redis.sock`. User, password, port (6379) and database (0) may be left out.
    ///
    /// Only the address is looked at. A server that is not there yet is looked for until it is.
    ///
    /// # Errors
    ///
    /// [`Invalid`](StorageError::Invalid) where the address cannot be read, or takes a feature that is off.
    pub fn new(url: impl AsRef<str>) -> Result<Self, StorageError> {
        let info = address::parse(url.as_ref())?;
        let client = Client::open(info).map_err(|error| address::refused(&error))?;
        Ok(Self::with_client(client))
    }

    /// As [`new`](Self::new), and waits until the server answers, for 5 s at most: for programs that should rather not start
    /// than go without. To be awaited in a `tokio` runtime with time and I/O; the connection is closed again.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new); [`Unreachable`](StorageError::Unreachable) where the server does not answer, or lets nobody
    /// in with this password.
    pub async fn connect(url: impl AsRef<str>) -> Result<Self, StorageError> {
        let storage = Self::new(url)?;
        let answered = async {
            let session = storage.server.connect(storage.names.clone(), None).await?;
            session.ping().await
        };
        match tokio::time::timeout(CONNECT_TIMEOUT, answered).await {
            Ok(answered) => answered?,
            Err(_) => {
                let text = format!("{}: no answer within {CONNECT_TIMEOUT:?}", storage.server);
                return Err(StorageError::Unreachable(text));
            }
        }
        Ok(storage)
    }

    /// The server of a client of the `redis` crate: with certificates of its own, say. Whatever its protocol, RESP3 is spoken.
    pub fn with_client(client: Client) -> Self {
        let database = client.get_connection_info().redis_settings().db();
        Self::of(Server::One(client), database)
    }

    /// The server that `sentinels`, each a URL as for [`new`](Self::new), know as the master of `service`; asked for again
    /// whenever a connection is lost. The servers themselves are spoken to with the user, the password and the database of
    /// `login`, and where `tls` is given by TLS.
    ///
    /// # Errors
    ///
    /// [`Invalid`](StorageError::Invalid) where there is no address, or one that cannot be read.
    #[cfg(feature = "redis-sentinel")]
    #[cfg_attr(docsrs, doc(cfg(feature = "redis-sentinel")))]
    pub fn sentinel(
        sentinels: impl IntoIterator<Item = impl AsRef<str>>,
        service: impl Into<String>,
        login: redis::RedisConnectionInfo,
        tls: Option<redis::TlsMode>,
    ) -> Result<Self, StorageError> {
        let sentinels = address::parse_all(sentinels)?;
        let database = login.db();
        let mut server =
            redis::sentinel::SentinelNodeConnectionInfo::default().set_redis_connection_info(login);
        if let Some(tls) = tls {
            server = server.set_tls_mode(tls);
        }
        Ok(Self::of(Server::Sentinel { sentinels, service: service.into(), server }, database))
    }

    /// The cluster that `nodes`, each a URL as for [`new`](Self::new), are some of. The others are found through them.
    ///
    /// # Errors
    ///
    /// [`Invalid`](StorageError::Invalid) where there is no address, one that cannot be read, or two that differ in user,
    /// password or TLS.
    #[cfg(feature = "redis-cluster")]
    #[cfg_attr(docsrs, doc(cfg(feature = "redis-cluster")))]
    pub fn cluster(nodes: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, StorageError> {
        let nodes = address::parse_all(nodes)?;
        redis::cluster::ClusterClient::new(nodes.clone())
            .map_err(|error| address::refused(&error))?;
        Ok(Self::of(Server::Cluster(nodes), 0))
    }

    /// What keys and the channel begin with: `circuit`, if nothing is said. Breakers of two prefixes share nothing.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.names.prefix = prefix.into().into();
        self
    }

    /// Waits until all breakers of this process that share their state through this storage have said all that they know,
    /// and heard all that the fleet knows: as [`CircuitBreaker::sync`](crate::CircuitBreaker::sync) of each. At once, where it is
    /// not installed. For a process that is about to be frozen, or has just been thawed.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached.
    pub async fn flush(&self) -> Result<(), StorageError> {
        let fleet = self.fleet.lock().unpoisoned().clone();
        match fleet {
            Some(fleet) => fleet.flush().await,
            None => Ok(()),
        }
    }

    fn of(server: Server, database: i64) -> Self {
        let names = Names { prefix: "circuit".into(), database };
        Self { server, names, fleet: Arc::default() }
    }
}

impl fmt::Debug for RedisStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStorage")
            .field("address", &format_args!("{}", self.server))
            .field("prefix", &self.names.prefix)
            .finish_non_exhaustive()
    }
}

impl Storage for RedisStorage {
    fn address(&self) -> String {
        self.server.to_string()
    }

    fn connect(&self, pushes: Pushes) -> BoxFuture<Result<Arc<dyn Session>, StorageError>> {
        let Self { server, names, .. } = self.clone();
        Box::pin(async move { server.connect(names, Some(pushes)).await })
    }

    fn joined(&self, fleet: &FleetHandle) {
        *self.fleet.lock().unpoisoned() = Some(fleet.clone());
    }
}
