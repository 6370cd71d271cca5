//! Seeing what breakers do: states, snapshots, why one opened, listeners, logs.
//!
//! - **Now**: [`state`](crate::CircuitBreaker::state) is what the next call will find, and reading it changes nothing;
//!   [`snapshot`](crate::CircuitBreaker::snapshot) is everything in one consistent reading, and
//!   [`registry().snapshots()`](crate::Registry::snapshots) that of every breaker. With feature `serde` they are JSON.
//! - **Between two looks**: a snapshot's [`transitions`](crate::Snapshot::transitions) and
//!   [`time_in_state`](crate::Snapshot::time_in_state) only grow, so no opening is missed, however short.
//! - **Why**: a [`Trip`](crate::Trip) is frozen when a breaker opens: the rule, what was measured against which limit, what the
//!   last failures said, when. It is in the [`Rejected`](crate::Rejected::trip) of every refused call, in the snapshot, in events
//!   and logs. Messages are kept only when a trip is near, at most five of 200 bytes.
//! - **As it happens**: a [`Listener`](crate::Listener) of one breaker or of [all](crate::Registry::add_listener). One that hears
//!   changes alone costs calls nothing. [`on_event`](crate::on_event) and [`on_change`](crate::on_change) make one of a closure;
//!   [`event_channel`](crate::event_channel) (feature `channel`) hands events over to a task that awaits them.
//!
//! # On call
//!
//! Feature `ops` is a page of all breakers, served by the service itself, and the same as JSON and as a stream of events:
//! [`ops`](crate::ops). Operators with a token change breakers there; each change is told to
//! [`Listener::operated`](crate::Listener::operated), with who it was.
//!
//! # Logs
//!
//! Feature `tracing` brings an event for each change, of every breaker of the program, and none for a call. Target
//! `circuit_runtime`, field `breaker` in each.
//!
//! | event | level | fields |
//! | --- | --- | --- |
//! | tripped: from closed to open, where calls are kept out for it | `ERROR` | `from`, `to`, `mode`, `rule`, `measured`, `limit`, `window_ms`, `calls`, `failure_rate`, `minimum_calls`, `open_for_ms`, `last_failure` |
//! | a probe failed; opened by hand; tripped in [`Mode::Shadow`](crate::Mode::Shadow) | `WARN` | the same |
//! | half-open, closed | `INFO` | `from`, `to`, `mode` |
//! | in another mode | `WARN`; back to normal `INFO` | `from_mode`, `to_mode` |
//! | other settings | `INFO` | `before`, `after` |
//! | an operator changed it by hand (feature `ops`) | `INFO` | `operator`, `action`, `reason`, `peer` |
//! | a storage cannot be reached; can again | `WARN`; `INFO` | `storage`, `sharing`, `why`; `breaker` if it is about one alone |
//!
//! So `circuit_runtime=error` is what a pager wants: one event when a dependency is given up, none while it stays down.
