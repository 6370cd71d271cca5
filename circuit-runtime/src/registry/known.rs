//! The breakers that there are, whatever keeps them.

use super::book::Registry;
use crate::breaker::{BreakerHandle, Settings};
use crate::poison::Unpoisoned;

/// A breaker, and what it was given.
pub(super) struct Known {
    pub(super) breaker: BreakerHandle,
    /// The group that it is a member of.
    pub(super) group: Option<&'static str>,
    /// What its declarations, its registration or its group give.
    pub(super) given: Settings,
}

/// The names that a configuration may call a breaker by.
#[derive(Clone, Copy)]
pub(super) struct Naming<'n> {
    pub(super) name: &'n str,
    pub(super) group: Option<&'n str>,
}

impl<'n> Naming<'n> {
    pub(super) fn alone(name: &'n str) -> Self {
        Self { name, group: None }
    }
}

impl Known {
    pub(super) fn naming(&self) -> Naming<'_> {
        Naming { name: self.breaker.name(), group: self.group }
    }
}

impl Registry {
    /// All that have been used or registered, by name; then the members of groups.
    pub(super) fn known(&self) -> Vec<Known> {
        let registered = self.breakers.read().unpoisoned();
        let registered = registered.values().map(|registered| Known {
            breaker: registered.breaker.into(),
            group: None,
            given: registered.given,
        });
        let mut known: Vec<Known> = registered.collect();
        for group in self.groups() {
            known.extend(group.members().into_iter().map(|(key, breaker)| Known {
                breaker,
                group: Some(group.name()),
                given: group.given(&key),
            }));
        }
        known
    }

    pub(super) fn registered_names(&self) -> Vec<&'static str> {
        self.breakers.read().unpoisoned().keys().copied().collect()
    }

    /// Whether it is the name that a member of a group has or would have.
    pub(super) fn is_of_a_group(&self, name: &str) -> bool {
        let of = |group: &str| name.strip_prefix(group).is_some_and(|key| key.starts_with('/'));
        self.groups().iter().any(|group| of(group.name()))
    }
}
