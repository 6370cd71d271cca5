//! The three states, and how a breaker gets from one to another.
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
//! A failed call whose dependency said for how long it will be away opens the breaker at once, from closed as well as from
//! half-open, for that time instead of the `ttl`: [`Permit::unavailable`](crate::Permit::unavailable).
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
//! # Modes
//!
//! [`Mode::ForcedOpen`](crate::Mode::ForcedOpen) rejects every call, [`Mode::Disabled`](crate::Mode::Disabled) makes every
//! call and counts none, [`Mode::Shadow`](crate::Mode::Shadow) makes every call, counts, and reports the trips that there
//! would have been. Setting one of them, and setting it back, changes neither the state nor a count.
//!
//! # By hand
//!
//! [`open`](crate::CircuitBreaker::open), [`half_open`](crate::CircuitBreaker::half_open) and
//! [`close`](crate::CircuitBreaker::close) begin a new era as a trip does: what calls from before still come to say decides
//! nothing. Opened by hand, a breaker is open for one `ttl`, and then lets a probe in like any other; one that is to stay open
//! is in [`Mode::ForcedOpen`](crate::Mode::ForcedOpen).
//!
//! One call that must go through whatever the breaker says is made in a [`bypass`](crate::bypass()): neither guarded nor
//! counted.
