//! What is promised, and the traps. Prose; there is nothing to call in here.
//!
//! # The three states
//!
//! ```text
//!             threshold failures, in a row or within a window
//!      ┌────────┐ ───────────────────────────► ┌────────┐
//!      │ closed │                              │  open  │ ◄─────────┐
//!      └────────┘                              └────────┘           │
//!           ▲                                       │ the first     │ one probe
//!           │                                       │ call at or    │ fails (open for
//!           │ success_threshold                     │ after ttl     │ longer, if max_ttl)
//!           │ probes succeed in a row               ▼               │
//!           │                                 ┌───────────┐         │
//!           └──────────────────────────────── │ half-open │ ────────┘
//!                                             └───────────┘
//! ```
//!
//! **Closed**: calls are made. The `threshold`-th failure in a row opens the breaker, and the call that did it returns
//! its own error, not a rejection. A success in between starts the count anew. With a `window`, failures count for as
//! long as they are in it, whatever comes in between.
//!
//! **Open**: calls are rejected without being made. The first call at or after `opened_at + ttl` becomes a probe. Time
//! is monotonic and counted in milliseconds, rounded so that no wait is cut short; until 50 ms before, by the system's coarse
//! clock, so a machine that is held up for longer than that may be told to wait as much longer. There is no timer: nothing happens
//! until a call comes, but [`state`](crate::CircuitBreaker::state) reads `HalfOpen` as soon as the time has passed.
//!
//! **Half-open**: `probes` calls at a time are let through, the others rejected with a time to try again.
//! `success_threshold` successes in a row close the breaker, one failure opens it again.
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
//! # Modes
//!
//! [`Mode::ForcedOpen`](crate::Mode::ForcedOpen) rejects every call, [`Mode::Disabled`](crate::Mode::Disabled) makes every
//! call and counts none, [`Mode::Shadow`](crate::Mode::Shadow) makes every call, counts, and reports the trips that there
//! would have been. Setting one of them, and setting it back, changes neither the state nor a count.
//!
//! # What counts as what
//!
//! | how a call ends | counts as |
//! | --- | --- |
//! | `Ok`; with a `fallback`, any value that is not a `Result` | success |
//! | `Ok(value)` with `failure_if(&value)` | failure; the value is still returned |
//! | in any way but with an ignored error, after longer than `slow_call` | failure |
//! | `Err(error)` | failure |
//! | `Err(error)` that `exclude` matches, or that `only` does not | success: the dependency answered |
//! | `Err(error)` that `ignore` matches | nothing |
//! | a panic, which goes on unwinding | failure |
//! | dropped before its end: a cancelled future, an iterator or a stream without an item | nothing, or a failure with `on_cancel = failure` |
//!
//! An iterator or a stream is one call with one outcome: its first counted `Err` is the failure; its end, or its drop
//! after at least one good item, the success. Items behind an error still come through. Rejected, it yields one
//! `Err(E::from(Rejected))`. Where it is inside a `Result`, the error of that one is the outcome if there is one, and
//! carries the rejection; the items may then be of any type.
//!
//! # When the breaker is asked
//!
//! | function | asks |
//! | --- | --- |
//! | `fn`, also one that returns an iterator, or a `Result` of an iterator or a stream | when it is called |
//! | `async fn`, `fn -> impl Future`, whatever the future comes to | when the future is first polled |
//! | `fn -> impl Stream` | when the stream is first polled |
//!
//! What is never polled counts nowhere.
//!
//! # Late outcomes
//!
//! An outcome counts only in the era its call was admitted in. Every change of state begins a new era. A call that
//! began while the breaker was closed and ends while it is half-open closes nothing and opens nothing; it is added to
//! the totals in [`Calls`](crate::Calls), and that is all.
//!
//! # Lost probes
//!
//! However a probe ends (by return, `?`, panic, cancellation, drop), its place is free at once. One that never ends
//! (it hangs, or its permit went into `mem::forget`) holds its place. When every place is held, and `probe_timeout` has
//! passed since the last probe was let in, the next call takes them all back, and whatever those probes may still
//! report is of an era that is over. So a breaker can always be probed again.
//!
//! # Traps
//!
//! **A timeout around a guarded call hides hangs.** `timeout(limit, guarded())` drops the guarded future when it
//! hangs, and a dropped call counts as nothing: a dependency that only ever hangs never trips the breaker. Put the
//! timeout inside the function and return its error, or give a `slow_call` that is shorter than the timeout, or say
//! `on_cancel = failure`.
//!
//! **A window of `minimum_calls` that are never made** never trips: with 20 calls a minute, `window = 60` and
//! `minimum_calls = 100` is a breaker that stays closed whatever happens.
//!
//! **`#[error(transparent)]` hides the error it wraps.** It forwards `source()` past it, so `exclude =
//! [ValidationError]` cannot see a `ValidationError` in such a variant, and it counts as a failure. Derive
//! [`Causes`](crate::Causes) on the error enum, or exclude the variant. If the breaker trips before the type was ever
//! found, though the function's error converts from it, the [`Trip`](crate::Trip) says so in its `notes`.
//!
//! With `only`, the trap is worse: an error that cannot be seen is not among the failures, so nothing ever trips.
//!
//! **A value that `anyhow` was given as context** is text to everybody but `anyhow`; types are found in the errors
//! below it.
//!
//! **A `probe_timeout` shorter than a healthy call** gives every probe's place away before its outcome is in, and the
//! breaker stays half-open. Its default is the `ttl`: where that is shorter than a call may take, give it.
//!
//! **A function that calls another one on the same breaker** makes two calls: one fault counts twice. Two attributes
//! on one function are two breakers around one call; the lower one is asked first.
//!
//! **A function that returns a future or a stream** is guarded from its first poll on. What it does before it returns
//! it, it does whatever the breaker says.
//!
//! **A stream that somebody holds on to** is a call that goes on: while half-open, it keeps its place as a probe until
//! its first counted error, its end or its drop, or until `probe_timeout`.
//!
//! **A stream that goes on for ever** is slow sooner or later, since the time it was waited for adds up: no `slow_call` for
//! a subscription.
//!
//! **A `Result` of a future** (`-> Result<impl Future<..>, E>`) is guarded as a value: what counts is whether the future
//! could be made. Make the function `async`, or return the future itself.
//!
//! **Other attributes that wrap an `async_trait` method**, `#[tracing::instrument]` for one, belong above this one: below
//! it, they no longer find the future they look for.
//!
//! **An associated type in a list** is written `<Self as Trait>::Error`: `Self::Error` looks like a variant.
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
//! Breakers made by [`get_or_register`](crate::Registry::get_or_register) live for ever. The first 4096 that live at
//! one time count calls per thread, 64 bytes per breaker and thread (with what grew too short, and the growth ahead, up to four
//! times as much); those beyond share their counters. Where such a one
//! has a `failure_rate` or `minimum_calls`, its successes take a lock.
