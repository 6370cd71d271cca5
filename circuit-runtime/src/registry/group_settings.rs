//! How the members of a group are made.

use std::collections::BTreeMap;

use crate::breaker::Settings;

/// How the members of a [`Group`](crate::Group) are made. What is not said has its default.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "settings do nothing until a group is made with them"]
pub struct GroupSettings {
    pub(super) each: Settings,
    pub(super) of: BTreeMap<String, Settings>,
    pub(super) at_most: usize,
}

impl GroupSettings {
    /// How many members a group has, where nothing else is said.
    pub const DEFAULT_AT_MOST: usize = 1024;

    /// Nothing said.
    pub const fn new() -> Self {
        Self { each: Settings::new(), of: BTreeMap::new(), at_most: Self::DEFAULT_AT_MOST }
    }

    /// The settings of every member.
    pub const fn each(mut self, settings: Settings) -> Self {
        self.each = settings;
        self
    }

    /// Settings of the member with this key, over those of [`each`](Self::each).
    pub fn of(mut self, key: impl Into<String>, settings: Settings) -> Self {
        self.of.insert(key.into(), settings);
        self
    }

    /// How many members there are at most: by default 1024, at least 1. A member takes 1.5 KiB, and 5 KiB more with a
    /// `window`; beside that up to 256 bytes for each thread that calls.
    pub const fn at_most(mut self, members: usize) -> Self {
        self.at_most = if members == 0 { 1 } else { members };
        self
    }
}

impl Default for GroupSettings {
    fn default() -> Self {
        Self::new()
    }
}
