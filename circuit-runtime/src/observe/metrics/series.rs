//! The series, whichever way they go out: what each is called, what it means, and how it is read.

use super::nearness::nearness;
use super::reading::{GroupReading, Reading};
use super::sample::{Labelled, Sample, labelled, plain};
use crate::breaker::{Calls, Mode, Sharing, Snapshot};
use crate::machine::State;

const STATES: [State; 3] = [State::Closed, State::Open, State::HalfOpen];
const MODES: [Mode; 4] = [Mode::Normal, Mode::ForcedOpen, Mode::Disabled, Mode::Shadow];
const SHARINGS: [Sharing; 3] = [Sharing::Alone, Sharing::Shared, Sharing::Local];

/// Values that differ by their labels alone.
pub(super) struct Series {
    /// As Prometheus has it.
    pub(super) name: &'static str,
    /// One sentence.
    pub(super) help: &'static str,
    pub(super) kind: Kind,
    /// As OpenTelemetry has it: in braces, what is counted, of which the names in Prometheus have nothing.
    #[cfg_attr(not(feature = "opentelemetry"), expect(dead_code, reason = "its alone"))]
    pub(super) unit: &'static str,
    read: Read,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    /// A counter whose values are times.
    Seconds,
    Gauge,
    /// A gauge whose values are from 0 to 1.
    Share,
}

enum Read {
    Breaker(fn(&Snapshot, &mut Vec<Labelled>)),
    Group(fn(&GroupReading, &mut Vec<Labelled>)),
}

impl Series {
    /// The name without what says its kind: the one that `_total` is appended to again.
    #[cfg(any(feature = "opentelemetry", feature = "prometheus"))]
    pub(super) fn stem(&self) -> &'static str {
        self.name.strip_suffix("_total").unwrap_or(self.name)
    }

    /// Whether there is no sample of it.
    #[cfg(feature = "prometheus")]
    pub(super) fn is_empty(&self, reading: &Reading) -> bool {
        match self.read {
            Read::Breaker(_) => reading.breakers.is_empty(),
            Read::Group(_) => reading.groups.is_empty(),
        }
    }

    /// Tells each sample, until that fails.
    pub(super) fn each<E>(
        &self,
        reading: &Reading,
        mut tell: impl FnMut(&Sample<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut read = Vec::new();
        let mut tell_read = |read: &mut Vec<Labelled>, of| {
            let mut samples = read.drain(..);
            samples.try_for_each(|Labelled { labels, value }| tell(&Sample { of, labels, value }))
        };
        match self.read {
            Read::Breaker(of_breaker) => reading.breakers.iter().try_for_each(|breaker| {
                of_breaker(breaker, &mut read);
                tell_read(&mut read, ("name", &breaker.name))
            }),
            Read::Group(of_group) => reading.groups.iter().try_for_each(|group| {
                of_group(group, &mut read);
                tell_read(&mut read, ("group", group.name))
            }),
        }
    }
}

/// All of them, in the order in which they go out.
pub(super) const SERIES: &[Series] = &[
    Series {
        name: "circuit_breaker_state",
        help: "The state: of closed, open and half-open exactly one is 1.",
        kind: Kind::Gauge,
        unit: "",
        read: Read::Breaker(|breaker, to| {
            to.extend(
                STATES.map(|state| labelled("state", state.as_str(), state == breaker.state)),
            );
        }),
    },
    Series {
        name: "circuit_breaker_state_seconds_total",
        help: "Seconds spent in each state, the current one included.",
        kind: Kind::Seconds,
        unit: "s",
        read: Read::Breaker(|breaker, to| {
            let spans = breaker.time_in_state.into_iter();
            to.extend(spans.map(|(state, span)| labelled("state", state.as_str(), span)));
        }),
    },
    Series {
        name: "circuit_breaker_transitions_total",
        help: "How often it went from which state to which.",
        kind: Kind::Counter,
        unit: "{transition}",
        read: Read::Breaker(|breaker, to| {
            to.extend(breaker.transitions.iter().map(|pair| Labelled {
                labels: [Some(("from", pair.from.as_str())), Some(("to", pair.to.as_str()))],
                value: pair.count.into(),
            }));
        }),
    },
    Series {
        name: "circuit_breaker_calls_total",
        help: "Calls by how they ended; rejected ones were not made.",
        kind: Kind::Counter,
        unit: "{call}",
        read: Read::Breaker(|breaker, to| {
            to.extend(
                outcomes(&breaker.calls)
                    .map(|(outcome, calls)| labelled("outcome", outcome, calls)),
            );
        }),
    },
    Series {
        name: "circuit_breaker_slow_calls_total",
        help: "Of the failures, those that took longer than slow_call.",
        kind: Kind::Counter,
        unit: "{call}",
        read: Read::Breaker(|breaker, to| to.push(plain(breaker.calls.slow))),
    },
    Series {
        name: "circuit_breaker_failures",
        help: "Failures while closed, in a row or in the window.",
        kind: Kind::Gauge,
        unit: "{failure}",
        read: Read::Breaker(|breaker, to| to.push(plain(u64::from(breaker.failures)))),
    },
    Series {
        name: "circuit_breaker_threshold",
        help: "How many failures open it.",
        kind: Kind::Gauge,
        unit: "{failure}",
        read: Read::Breaker(|breaker, to| {
            to.push(plain(u64::from(breaker.settings.get_threshold())));
        }),
    },
    Series {
        name: "circuit_breaker_trip_nearness_ratio",
        help: "How near a trip it is while closed, from 0 to 1, by all that a trip takes.",
        kind: Kind::Share,
        unit: "1",
        read: Read::Breaker(|breaker, to| to.push(plain(nearness(breaker)))),
    },
    Series {
        name: "circuit_breaker_mode",
        help: "The mode: of normal, forced-open, disabled and shadow exactly one is 1.",
        kind: Kind::Gauge,
        unit: "",
        read: Read::Breaker(|breaker, to| {
            to.extend(MODES.map(|mode| labelled("mode", mode.as_str(), mode == breaker.mode)));
        }),
    },
    Series {
        name: "circuit_breaker_sharing",
        help: "Whether it is one of a fleet's: of alone, shared and local exactly one is 1.",
        kind: Kind::Gauge,
        unit: "",
        read: Read::Breaker(|breaker, to| {
            let is = |sharing| sharing == breaker.sharing;
            to.extend(SHARINGS.map(|sharing| labelled("sharing", sharing.as_str(), is(sharing))));
        }),
    },
    Series {
        name: "circuit_breaker_listener_panics_total",
        help: "Panics of its listeners that were caught.",
        kind: Kind::Counter,
        unit: "{panic}",
        read: Read::Breaker(|breaker, to| to.push(plain(breaker.listener_panics))),
    },
    Series {
        name: "circuit_breaker_group_members",
        help: "Members that the group has now, by state.",
        kind: Kind::Gauge,
        unit: "{member}",
        read: Read::Group(|group, to| {
            let members = |state| group.members[state as usize];
            to.extend(STATES.map(|state| labelled("state", state.as_str(), members(state))));
        }),
    },
    Series {
        name: "circuit_breaker_group_limit",
        help: "How many members the group has at most.",
        kind: Kind::Gauge,
        unit: "{member}",
        read: Read::Group(|group, to| to.push(plain(group.limit))),
    },
    Series {
        name: "circuit_breaker_group_trips_total",
        help: "How often members went from closed to open, those included that were forgotten.",
        kind: Kind::Counter,
        unit: "{trip}",
        read: Read::Group(|group, to| to.push(plain(group.trips))),
    },
    Series {
        name: "circuit_breaker_group_overflow_calls_total",
        help: "Calls that the group had no breaker for.",
        kind: Kind::Counter,
        unit: "{call}",
        read: Read::Group(|group, to| to.push(plain(group.overflow_calls))),
    },
];

fn outcomes(calls: &Calls) -> [(&'static str, u64); 6] {
    [
        ("success", calls.success),
        ("failure", calls.failure),
        ("excluded", calls.excluded),
        ("ignored", calls.ignored),
        ("cancelled", calls.cancelled),
        ("rejected", calls.rejected),
    ]
}

#[cfg(test)]
mod tests {
    use super::SERIES;

    #[test]
    fn every_series_is_in_the_documentation() {
        let page = include_str!("mod.rs");
        for series in SERIES {
            let row = format!("//! | `{}` |", series.name);
            assert!(page.contains(&row), "{row}");
        }
        assert_eq!(page.matches("//! | `circuit_breaker_").count(), SERIES.len());
    }
}
