//! What all series of one scrape are read from.

use crate::breaker::{CircuitBreaker, Snapshot};
use crate::registry::{Group, Registry, registry};

/// Every breaker at one moment, and every group.
pub(super) struct Reading {
    /// By name, and behind them the members of each group by theirs; without what overflows of groups, which rejects nothing and
    /// stands for no dependency of its own.
    pub(super) breakers: Vec<Snapshot>,
    pub(super) groups: Vec<GroupReading>,
}

pub(super) struct GroupReading {
    pub(super) name: &'static str,
    pub(super) limit: u64,
    /// How many are in which state.
    pub(super) members: [u64; 3],
    /// Of members that were forgotten too.
    pub(super) trips: u64,
    /// Calls for which there was no room.
    pub(super) overflow_calls: u64,
}

/// Which breakers are read. The registry is that of the thread that says so: a scrape runs on any.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    registry: &'static Registry,
    with_members: bool,
}

impl Scope {
    pub(super) fn new() -> Self {
        Self { registry: registry(), with_members: true }
    }

    pub(super) fn without_members(self) -> Self {
        Self { with_members: false, ..self }
    }

    /// Those that were never used are made by each reading; this is for where it must find them made.
    #[cfg(feature = "opentelemetry")]
    pub(super) fn make_declared(&self) {
        drop(self.registry.iter());
    }

    pub(super) fn read(&self) -> Reading {
        let is_overflow = |breaker: &CircuitBreaker| self.registry.is_overflow(breaker.name());
        let registered = self.registry.iter().filter(|breaker| !is_overflow(breaker));
        let mut breakers: Vec<_> = registered.map(CircuitBreaker::snapshot).collect();
        let groups = self.registry.groups().into_iter();
        let groups = groups.map(|group| self.read_group(group, &mut breakers)).collect();
        Reading { breakers, groups }
    }

    fn read_group(&self, group: &Group, breakers: &mut Vec<Snapshot>) -> GroupReading {
        let mut keys = group.keys();
        keys.sort_unstable();
        let mut members = [0; 3];
        // One after the other: what is held cannot be forgotten.
        for member in keys.iter().filter_map(|key| group.get(key)) {
            let state = if self.with_members {
                let snapshot = member.snapshot();
                let state = snapshot.state;
                breakers.push(snapshot);
                state
            } else {
                member.state()
            };
            members[state as usize] += 1;
        }
        let overflow = group.overflow().snapshot().calls;
        GroupReading {
            name: group.name(),
            limit: group.at_most() as u64,
            members,
            trips: group.trips(),
            overflow_calls: overflow.made() + overflow.rejected,
        }
    }
}
