//! One breaker for many processes: what they share, how soon, and what becomes of it when the storage is away.
//!
//! ```no_run
//! # #[cfg(feature = "redis")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use circuit_runtime::configure;
//! use circuit_runtime::storage::RedisStorage;
//!
//! configure().storage(RedisStorage::new("redis://:password@redis.internal/0")?).install()?;
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "redis"))]
//! # fn main() {}
//! ```
//!
//! From then on every breaker with a name is one for all processes that say the same (feature `redis`;
//! [`Fleet`](crate::storage::Fleet) says how, [`Storage`](crate::storage::Storage) is for storages of your own). Nothing else
//! changes in the program, with or without an asynchronous runtime: a thread of the fleet's own talks to the storage, and
//! **no call ever waits for it**. Breakers that were used before join with what they know.
//!
//! # What is shared
//!
//! - **State**: who trips, closes, opens by hand, or finds out by a probe, does so for all. A new process takes over what there
//!   is; it never resets it.
//! - **Counts**: failures in a row are those of all, in the order in which the storage hears of them, and a success anywhere ends
//!   the run; a `window` adds up the failures and calls of all, in 20 slots of at least a millisecond, so that a call is in it
//!   for at least 95 % of its length. Slow calls are failures, as ever.
//! - **Probes**: all processes together let `probes` calls in at a time, each on a lease. `success_threshold` counts successes
//!   wherever they were made.
//! - **[Modes](crate::Mode) and settings that are set live**: the last one holds, for all and for those that come later. What the
//!   source, [`configure`](crate::configure()) and its modes say is each process's own, so that two versions of a program can
//!   run side by side: a report is judged by the settings of who reports.
//! - **Why**: a [`Trip`](crate::Trip) tells what was measured in the whole fleet, the last failures of all, and
//!   [who](crate::Trip::instance) found out.
//!
//! Members of a [`Group`](crate::Group) share theirs under their own names, as long as they are there; one that comes back takes
//! over what there is. Each of them is looked at once per `poll`, as every breaker is.
//!
//! Names, settings and what errors say are kept in the storage, and sent to all who share it, as they are.
//!
//! Counters, listeners, exclusions and snapshots stay each process's own, and so do breakers without a name
//! ([`CircuitBreaker::new`](crate::CircuitBreaker::new)).
//!
//! # How soon
//!
//! A call reads its own process's word, which is as old as the way to the storage and back: mostly about a millisecond.
//!
//! - The failure that trips is counted, where it happens, together with all that this process has heard of: so a breaker that sees
//!   all failures itself trips at once, as it would alone. Otherwise it trips when the storage has counted to the `threshold`.
//!   What others do within that one way is not known yet: failures that come at the same time as a success elsewhere may be taken
//!   for a run. Where calls are so frequent that this matters, a `window` with a `failure_rate` is what you want.
//! - A `failure_rate`, or `minimum_calls`, is judged by the calls of all. Those who see no failures say how many calls they made
//!   only when they are asked, which is when a trip is near: so such a trip comes 100 to 600 ms later than alone.
//! - A healthy dependency costs no command per call (each process looks at each record once per `poll`), and neither does an open breaker. A failure costs one script, where many
//!   come together one for all of them; a success costs one only if it ends a run of failures that others know of. Half-open costs
//!   a few scripts per recovery and process.
//! - The right to probe is fetched ahead, by a process that is being called; the call that comes next in that process is the
//!   probe. By hand, [`half_open`](crate::CircuitBreaker::half_open) takes effect after the way to the storage: the first
//!   calls may still be rejected.
//! - A push that is lost is made up for within [`poll`](crate::storage::Fleet::poll).
//!
//! For a process that is frozen between calls, and for tests, [`sync`](crate::CircuitBreaker::sync) waits until both sides
//! agree.
//!
//! # When the storage is away
//!
//! Each process goes on by itself, with what it knew: it counts, trips, and probes as if it were alone. It says so once
//! ([`Listener::storage_change`](crate::Listener::storage_change), a line in the log,
//! [`Snapshot::sharing`](crate::Snapshot::sharing)), and looks for the storage with growing, random pauses of at most 2 s. No call is
//! rejected, fails or waits because of it. A storage that is silent without being gone is given up after
//! [`timeout`](crate::storage::Fleet::timeout) of a request or of the question that it is asked each second; only in that time
//! may a probe be late.
//!
//! When it is back, what the fleet has gone through meanwhile holds; where it has gone through nothing, what a process found out
//! does: one that has opened opens all, one that has recovered closes all. Failures in a row that were not told yet are.
//!
//! - **A partition**: both sides go on, each with probes of its own. Which of them writes first after it holds.
//! - **A process that dies** with the right to probe keeps it for [`lease`](crate::storage::Fleet::lease) at most.
//! - **A storage that restarts empty**, loses its latest writes, or whose keys are deleted, is told again by the processes that
//!   live: an open breaker stays open, modes and settings stay. What nobody alive knows is forgotten: a fleet of which no
//!   process is left, or counts in a window. Eras have numbers that never go back, so nothing from before is taken for news.
//! - **A clock of the storage that is put back** makes an open breaker stay open for one time open at most; one that is put forth
//!   lets it, and leases, end early.
//! - **Something else under a breaker's key**, or the record of another layout: this breaker goes on by itself, says so once, and
//!   looks again every `poll`. Nothing is overwritten.
//!
//! # What is not promised
//!
//! A process that forks leaves the fleet's thread behind: install the storage in the child. What
//! [`test_util::force`](crate::test_util) takes back, it takes back here alone.
//!
//! Two processes may both be closed by a millisecond longer, or count one failure more, than one process would be: the record is
//! exact, what a call reads of it is as old as the network. While a partition lasts there are as many breakers as there are
//! parts. A lease is as good as two clocks that run at the same speed: a process that is stopped in the middle of a probe and
//! wakes up after its lease was over decides nothing by it, but its call was made.
//!
//! The protocol is tried by a simulation of the same code, in which messages are lost, late and doubled, processes die, and the
//! storage forgets, goes back and changes its clock; the script that runs in Redis is held, decision by decision, beside the
//! one in Rust.
