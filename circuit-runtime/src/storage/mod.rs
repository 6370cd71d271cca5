//! One breaker for many processes: their states, counts and probes are shared through a [`Storage`]. What that
//! promises is told in [the guide](crate::guide::fleets).
//!
//! ```text
//!  calls ──> breaker ──> member ──> link ──> driver (a thread) ──> storage ──> record
//!            its word    a step     what to   sends, waits,        Redis,      what all
//!            is what     under a    say, and  connects again       memory      share
//!            calls read  lock       believe
//! ```

mod configuring;
mod contract;
mod driver;
mod fleet;
mod handle;
mod leases;
mod link;
mod lot;
mod member;
mod memory;
mod pending;
mod reason;
mod record;
#[cfg(feature = "redis")]
mod redis;
mod request;
mod serving;
#[cfg(all(test, feature = "test-util"))]
mod simulation;
mod synced;
mod timers;

#[cfg(feature = "redis")]
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
pub use self::redis::RedisStorage;
pub use contract::{BoxFuture, Pushes, Session, Storage, StorageError};
pub use fleet::Fleet;
pub use handle::FleetHandle;
pub use memory::MemoryStorage;
pub use record::{Applied, Era, Record};
pub use request::{Reply, Request};
pub use synced::Synced;
