//! What trips a breaker: failures in a row, failures or their share in a window, calls that take too long.
//!
//! # In a row
//!
//! Without a `window`, the `threshold`-th failure in a row trips, and a success in between starts the count anew. Threads
//! share the count: it is the order in which calls end that makes a row.
//!
//! # Windows and rates
//!
//! `window = 120` counts failures in the last two minutes. `failure_rate = 0.1` asks that they are 10 % of the calls as
//! well, `minimum_calls = 20` that there were so many calls. All of it is looked at when a call fails, and only then: a
//! success never opens a breaker. So "at least 5 errors and at least 10 % of the calls within 120 s, then nothing for
//! 300 s" is
//!
//! ```
//! # use circuit_runtime::breaker;
//! breaker!("orders", threshold = 5, failure_rate = 0.1, window = 120, ttl = 300);
//! ```
//!
//! A window has 100 slots, of which the last is still going on: a call is in it for at least 99 % of its length, and
//! never for longer. Where a slot is longer than 50 ms, a success is told to it by the system's coarse clock, and leaves up to
//! a tick of the kernel, 10 ms, before it would have. Within that, the count is exact, however many threads count, and rates are compared in integers: 97
//! failures among 97 calls are 100 %. Each era has a window of its own, which begins empty; the half-open state is judged
//! by its probes alone.
//!
//! What a window costs does not depend on how many calls are in it. It is 5 KiB per breaker, and with a rate or a minimum,
//! which need successes counted as well, 8 of the 64 bytes that a breaker has per thread anyway. A failure takes a lock; a
//! success takes it only to begin a slot, and does nothing more than without a window where only failures count.
//!
//! # Slow calls
//!
//! With `slow_call = "500ms"`, a call that takes longer is a failure, whatever it returns, and what it returns is returned
//! all the same. That holds for an excluded error too, since an answer that comes too late is none, and for a call that is
//! cancelled after that time; it does not for an ignored error. The time of an `async` call is that from its first poll to
//! its end. Of an iterator or a stream, it is the sum, over all items, of the time from asking for one until it is there,
//! polled meanwhile or not; what the caller does between two items does not count. Times are counted in microseconds; where
//! `slow_call` is a second or more, by the coarse clock, which is up to 10 ms late.
//!
//! # The time open
//!
//! `ttl` is how long a breaker stays open. With `max_ttl`, each round of probes that fails doubles it up to that, until the
//! breaker closes. With `jitter = 0.2` a random share of up to a fifth is added each time, so that the processes that share a
//! dependency do not all come back to it at once; it comes on top of `max_ttl`.
