//! What breakers do, as metrics: for Prometheus, for the facade `metrics`, for OpenTelemetry.
//!
//! | feature | for | what reads the breakers |
//! | --- | --- | --- |
//! | `prometheus` | a registry of `prometheus-client` 0.26 | [`BreakerCollector`], when the registry is encoded |
//! | `metrics` | the recorder of the facade `metrics` 0.24 | [`BreakerReporter`], when it is told to |
//! | `opentelemetry` | a `Meter` of `opentelemetry` 0.33 | [`BreakerInstruments`], when the SDK collects |
//!
//! Feature `metrics` is the facade alone: this module is there with any of the three.
//!
//! The program has to have the same versions. Another `prometheus-client` or `opentelemetry` does not compile: its registry is not
//! the one that a collector is for. Another facade does, and an exporter for that hears nothing. None of them is re-exported, as an
//! exporter or SDK has to fit as well, and names them itself.
//!
//! All three have the same series. Each takes one [snapshot](crate::Snapshot) of each breaker, and reads all series of the breaker
//! from that one. Every [declared](crate::Registry::declarations) breaker is there from the first time on, with zeros, and so is
//! every value of every label: what has never happened is 0, not absent. Calls pay nothing, as no listener is added: what is read
//! was counted already.
//!
//! # Series
//!
//! | series | labels beside `name` | meaning |
//! | --- | --- | --- |
//! | `circuit_breaker_state` | `state`: `closed`, `open`, `half-open` | gauge: 1 for the state that it has, 0 for the two others. It is what the next call will find, as [`state`](crate::CircuitBreaker::state) reads it: half-open once the `ttl` has passed, even if no call came; open in mode `forced-open`. Not what the seconds below count by |
//! | `circuit_breaker_state_seconds_total` | `state` | seconds spent in each state, the current one included, by the breaker's own changes, those that transitions count: up to the first call after the `ttl` they are spent open, and modes are none of it, so that where it is forced open they go on in the state that it had. The three add up to the age of the breaker |
//! | `circuit_breaker_transitions_total` | `from`, `to` | how often it went from one state to another, all six pairs. An opening between two scrapes is seen in it, however short |
//! | `circuit_breaker_calls_total` | `outcome`: `success`, `failure`, `excluded`, `ignored`, `cancelled`, `rejected` | [calls](crate::Calls) by how they ended; each is in one of them, but for those in mode `disabled` and those that [bypass](crate::bypass()) it, which are in none |
//! | `circuit_breaker_slow_calls_total` | | of the failures, those that took longer than `slow_call` |
//! | `circuit_breaker_failures` | | gauge: failures while closed, in a row or in the window; 0 in other states |
//! | `circuit_breaker_threshold` | | gauge: how many of them open it, in the settings in force. With a `failure_rate` or `minimum_calls` they do so only if those are reached as well |
//! | `circuit_breaker_trip_nearness_ratio` | | gauge, from 0 to 1: how near a trip it is while closed, 0 in other states. The least of failures by `threshold`, calls by `minimum_calls` and share of failures by `failure_rate`, as far as these are set |
//! | `circuit_breaker_mode` | `mode`: `normal`, `forced-open`, `disabled`, `shadow` | gauge: 1 for the [mode](crate::Mode) that it has |
//! | `circuit_breaker_sharing` | `sharing`: `alone`, `shared`, `local` | gauge: 1 for what it [has](crate::Sharing) with other processes. `local`: it has a storage, and cannot reach it |
//! | `circuit_breaker_listener_panics_total` | | panics of its listeners that were caught |
//! | `circuit_breaker_group_members` | `state`; `group` in place of `name` | gauge: how many members a [group](crate::Group) has in each state, without those that are declared or registered by name: they are breakers as others are |
//! | `circuit_breaker_group_limit` | `group` in place of `name` | gauge: how many it has [at most](crate::GroupSettings::at_most) |
//! | `circuit_breaker_group_trips_total` | `group` in place of `name` | how often its members went from closed to open, those included that it has forgotten |
//! | `circuit_breaker_group_overflow_calls_total` | `group` in place of `name` | calls for which the group could make no breaker: they share its [overflow](crate::Group::overflow), which has no series of its own |
//!
//! Counters begin with the breaker: at 0 when the process starts. If it opens before the first scrape, because the dependency is
//! down when the process comes up, the first sample is 1 and Prometheus's `increase()` sees nothing of it. That takes another look
//! at series that are new:
//!
//! ```text
//! increase(circuit_breaker_transitions_total{from="closed",to="open"}[5m]) > 0
//! or (
//!   circuit_breaker_transitions_total{from="closed",to="open"} > 0
//!   unless last_over_time(circuit_breaker_transitions_total{from="closed",to="open"}[1h] offset 5m)
//! )
//! ```
//!
//! The same goes for a breaker that is made and opens between two scrapes, such as a member of a group.
//!
//! A member that was forgotten and is made anew begins at 0 again, which `increase()` and `rate()` take for what it is: as a process
//! that starts anew. What it did between the last scrape and being forgotten is in no series but the group's. In OpenTelemetry its
//! counters go on; in the recorder of the facade they stand still for a while.
//!
//! # Cardinality
//!
//! A breaker has 30 series, and the names of breakers are bounded by the program but for those that it makes as it runs. Members of
//! a group are breakers as others are, with the name `"<group>/<key>"`: so a group adds up to 30 times its
//! [limit](crate::GroupSettings::at_most), which is 1,024 unless you say something else, and a member that is forgotten leaves
//! series behind that get no values any more. `without_members()` leaves them out. Then a group is six series, whatever its
//! members are called: how many are open, and how often one has opened, but not which.
//!
//! Quotes and backslashes in names are escaped, and come out as they are; a line feed is in [none](crate::CircuitBreaker::new).

#[cfg(feature = "prometheus")]
mod collector;
#[cfg(feature = "opentelemetry")]
mod counting;
#[cfg(feature = "opentelemetry")]
mod instruments;
mod nearness;
mod reading;
#[cfg(feature = "opentelemetry")]
mod readings;
#[cfg(feature = "metrics")]
mod reporter;
mod sample;
mod series;

#[cfg(feature = "prometheus")]
#[cfg_attr(docsrs, doc(cfg(feature = "prometheus")))]
pub use collector::BreakerCollector;
#[cfg(feature = "opentelemetry")]
#[cfg_attr(docsrs, doc(cfg(feature = "opentelemetry")))]
pub use instruments::BreakerInstruments;
#[cfg(feature = "metrics")]
#[cfg_attr(docsrs, doc(cfg(feature = "metrics")))]
pub use reporter::BreakerReporter;
