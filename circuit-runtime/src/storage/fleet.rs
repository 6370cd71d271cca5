//! How a fleet shares.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::contract::Storage;

/// A storage, and how breakers share their state through it: for
/// [`Configuration::fleet`](crate::Configuration::fleet). What is not said has its default; a time
/// beyond its range is taken as the nearest one in it.
///
/// ```
/// use std::time::Duration;
/// use circuit_runtime::storage::{Fleet, MemoryStorage};
/// use circuit_runtime::{breaker, configure};
///
/// # fn main() -> Result<(), circuit_runtime::RegistryError> {
/// let fleet = Fleet::over(MemoryStorage::new())
///     .only(["shared/payments"])
///     .lease(Duration::from_secs(2));
/// configure().fleet(fleet).install()?;
///
/// breaker!("shared/payments", threshold = 5); // one for all processes
/// breaker!("shared/cache", threshold = 5); // this process's own
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a fleet shares nothing until it is installed"]
pub struct Fleet {
    pub(super) storage: Arc<dyn Storage>,
    pub(super) only: Option<BTreeSet<String>>,
    pub(super) instance: String,
    pub(super) pace: Pace,
}

/// Times, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) poll: u64,
    pub(super) lease: u64,
    pub(super) timeout: u64,
    pub(super) keep: u64,
}

impl Fleet {
    /// All processes that share through this storage, under the same names.
    pub fn over(storage: impl Storage) -> Self {
        Self {
            storage: Arc::new(storage),
            only: None,
            instance: instance(),
            pace: Pace { poll: 15_000, lease: 5_000, timeout: 500, keep: 24 * 60 * 60 * 1_000 },
        }
    }

    /// Shares the breakers of these names alone, and the members of [groups](crate::Group) of these names. Default: all that
    /// are declared or registered. A name that is not known when the configuration is installed may be registered later.
    pub fn only<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.only.get_or_insert_default().extend(names.into_iter().map(Into::into));
        self
    }

    /// What this process is called in the [trips](crate::Trip::instance) of the others. Default: the environment's
    /// `HOSTNAME`, if there is one, and the number of the process.
    pub fn instance(mut self, name: impl Into<String>) -> Self {
        self.instance = name.into();
        self
    }

    /// How often each breaker's record is looked at, in case a push was lost: about so often, never at the same time for all.
    /// From 100 ms to an hour; default 15 s.
    pub fn poll(mut self, every: Duration) -> Self {
        self.pace.poll = millis(every, 100, 3_600_000);
        self
    }

    /// How long the right to probe lasts when its holder is not heard of any more. It is renewed while a probe goes on, up to the
    /// breaker's `probe_timeout`, so it need not be as long as a probe: it is how long the others wait for a process that died.
    /// From 100 ms to a minute; default 5 s.
    pub fn lease(mut self, length: Duration) -> Self {
        self.pace.lease = millis(length, 100, 60_000);
        self
    }

    /// How long the storage may take for an answer, before the fleet goes on without it. From 10 ms to a minute;
    /// default 500 ms.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.pace.timeout = millis(timeout, 10, 60_000);
        self
    }

    /// How long the storage keeps the record of a breaker that nothing happens to; longer where it is open for longer, or its
    /// window is. From a minute to a year; default a day. A mode or settings that were set live are forgotten with it, if no
    /// process is there to remember them.
    pub fn keep(mut self, time: Duration) -> Self {
        self.pace.keep = millis(time, 60_000, 365 * 24 * 3_600_000);
        self
    }

    pub(super) fn shares(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(name))
    }
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet")
            .field("storage", &self.storage.address())
            .field("only", &self.only)
            .field("instance", &self.instance)
            .field("pace", &self.pace)
            .finish()
    }
}

fn millis(span: Duration, least: u64, most: u64) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(most).clamp(least, most)
}

fn instance() -> String {
    let host = std::env::var("HOSTNAME").ok().filter(|host| !host.is_empty());
    let process = std::process::id();
    host.map_or_else(|| format!("process {process}"), |host| format!("{host}/{process}"))
}
