//! Seeing what breakers do: states, snapshots, why one opened, listeners, metrics, logs.
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
//! # Metrics
//!
//! [`metrics`](crate::metrics) has every breaker as series: for a registry of `prometheus-client` (feature `prometheus`), for the
//! recorder of the facade `metrics` (feature `metrics`), for a `Meter` of OpenTelemetry (feature `opentelemetry`). One line where
//! the program starts, nothing for a call:
//!
//! ```
//! # #[cfg(feature = "prometheus")] {
//! # use prometheus_client::registry::Registry;
//! # use circuit_runtime::metrics::BreakerCollector;
//! # let mut registry = Registry::default();
//! registry.register_collector(Box::new(BreakerCollector::new()));
//! # }
//! ```
//!
//! What to ask of them, in the language of Prometheus:
//!
//! | | |
//! | --- | --- |
//! | which are open now | `circuit_breaker_state{state="open"} == 1` |
//! | which have opened, however short | `increase(circuit_breaker_transitions_total{from="closed",to="open"}[1h]) > 0`, and [those](crate::metrics#series) that opened before their first scrape |
//! | how much of its time one is open | `rate(circuit_breaker_state_seconds_total{state="open"}[5m])` |
//! | how many calls are kept out | `rate(circuit_breaker_calls_total{outcome="rejected"}[5m])` |
//! | which are near a trip | `circuit_breaker_trip_nearness_ratio > 0.5` |
//! | which cannot reach their fleet | `circuit_breaker_sharing{sharing="local"} == 1` |
//! | which are not in normal mode | `circuit_breaker_mode{mode!="normal"} == 1` |
//!
//! A state that is read from time to time misses what is shorter: for that there are transitions, and seconds in each state. In
//! the repository, `grafana` has a dashboard and alerts, and `docs/metrics.md` what a scrape costs.
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
