//! What the attribute changes in a function, how many breakers there can be, and what they do not do.
//!
//! # What the attribute changes
//!
//! Nothing but what it says: arguments are dropped in the function's own order, borrows, inference and `Send` are as
//! without it, and lints still fire. Exceptions:
//!
//! - `#[track_caller]` reports the function itself;
//! - an argument the body never names is dropped after the call is counted;
//! - a boxed future whose body is more than `Box::pin(async ..)`, and a boxed iterator or stream, are boxed once more;
//! - with a `fallback`, a function that returns a future or a stream runs its body at the first poll, so its arguments
//!   have to live, and to be sent, as long as what it returns;
//! - type parameters have to outlive what is boxed once more, or is an iterator or a stream with a lifetime;
//! - of what is returned as `impl Trait`, an iterator keeps `DoubleEndedIterator`, `ExactSizeIterator`, `FusedIterator`,
//!   `Clone` and `Debug`, a stream `FusedStream`, `Clone` and `Debug`, all of them the auto traits; a future no other
//!   than these;
//! - what the compiler says of a function's whole body, `unconditional_recursion` and
//!   `clippy::unnecessary_wraps`, it does not say of a guarded one;
//! - a chain of `async fn`s that await each other reaches the `recursion_limit` sooner, at 14 guarded ones in a row
//!   instead of 33; a `Box::pin` half-way, or a higher limit, lets it go on.
//!
//! # How many
//!
//! Breakers made by [`get_or_register`](crate::Registry::get_or_register) live for ever, members of a [`Group`](crate::Group)
//! only until they are forgotten. The first 4096 that live at
//! one time count calls per thread, 64 bytes per breaker and thread (with what grew too short, and the growth ahead, up to four
//! times as much); those beyond share their counters. Where such a one
//! has a `failure_rate` or `minimum_calls`, its successes take a lock.
//!
//! # What a breaker does not do
//!
//! It neither waits nor retries nor times out, and limits no concurrency but that of probes. Without a
//! [storage](super::fleets) it knows the calls of its own process alone. With `panic = "abort"` a panic is the end of the process, and no failure. An isolation of a test reaches neither
//! other processes nor breakers that were looked up before it. Times of day in trips, snapshots and events are the system's,
//! whatever clock a breaker goes by.
