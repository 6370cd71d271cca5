//! The breakers that there are, whatever keeps them.

use super::book::{Registered, Registry};
use super::group::Group;
#[cfg(feature = "ops")]
use super::group::member_name;
use crate::breaker::{BreakerHandle, Settings};
use crate::poison::Unpoisoned;

/// A breaker, and what it was given.
pub(super) struct Known {
    pub(super) breaker: BreakerHandle,
    /// The group that it is a member of.
    pub(super) group: Option<&'static str>,
    /// What its declarations, its registration or its group give.
    pub(super) given: Settings,
    pub(super) is_overflow: bool,
}

impl From<Registered> for Known {
    fn from(Registered { breaker, given, is_overflow }: Registered) -> Self {
        Self { breaker: breaker.into(), group: None, given, is_overflow }
    }
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
        let mut known: Vec<Known> = registered.values().copied().map(Known::from).collect();
        drop(registered);
        for group in self.groups() {
            let members = group.members().into_iter();
            known.extend(members.map(|(key, breaker)| group.known(&key, breaker)));
        }
        known
    }

    /// The names of all that are declared, registered or members now. Nothing is held: what is held cannot be forgotten.
    #[cfg(feature = "ops")]
    pub(crate) fn all_names(&self) -> Vec<Box<str>> {
        self.use_all_declared();
        let mut names: Vec<Box<str>> = self.registered_names().into_iter().map(Box::from).collect();
        for group in self.groups() {
            let keys = group.keys().into_iter();
            names.extend(keys.map(|key| member_name(group.name(), &key).into_boxed_str()));
        }
        names
    }

    /// Whether a breaker of this name is what the calls share for which a group could make none.
    #[cfg(any(
        feature = "metrics",
        feature = "opentelemetry",
        feature = "ops",
        feature = "prometheus"
    ))]
    pub(crate) fn is_overflow(&self, name: &str) -> bool {
        self.registered(name).is_some_and(|registered| registered.is_overflow)
    }

    pub(super) fn registered_names(&self) -> Vec<&'static str> {
        self.breakers.read().unpoisoned().keys().copied().collect()
    }

    /// The group, and the key in it, of which a member has or would have this name.
    pub(super) fn group_of<'n>(&self, name: &'n str) -> Option<(&'static Group, &'n str)> {
        let key = |group: &Group| name.strip_prefix(group.name())?.strip_prefix('/');
        self.groups().into_iter().find_map(|group| Some((group, key(group)?)))
    }

    /// Has the group forget the member of this name, if there is one.
    pub(super) fn forget_member(&self, name: &str) -> Option<BreakerHandle> {
        let (group, key) = self.group_of(name)?;
        group.forget(key)
    }
}
