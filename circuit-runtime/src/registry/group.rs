//! Breakers whose names come along as the program runs.

use std::collections::HashMap;
use std::fmt;
use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::book::Registry;
use super::group_settings::GroupSettings;
use super::known::Known;
use super::member::Member;
use crate::breaker::{BreakerHandle, CircuitBreaker, Settings};
use crate::poison::Unpoisoned;

/// Breakers whose names come along as the program runs, such as one for each host that a client calls, or for each tenant: a
/// bounded number of them, made when they are asked for. [`Registry::group`] makes a group; it has a name, and its members are
/// called `"<group>/<key>"`.
///
/// ```
/// use circuit_runtime::{GroupSettings, Settings, registry};
///
/// let settings = GroupSettings::new()
///     .each(Settings::new().threshold(3))
///     .of("slow.example.com", Settings::new().threshold(10));
/// let hosts = registry().group("crawler", settings);
///
/// let example = hosts.breaker("example.com");
/// assert_eq!((example.name(), example.settings().get_threshold()), ("crawler/example.com", 3));
/// assert_eq!(hosts.breaker("slow.example.com").settings().get_threshold(), 10);
/// ```
///
/// # Configured as others are
///
/// Members have all that [`configure`](crate::configure()) gives to every breaker: defaults, exclusions, listeners, the
/// storage. What it gives to the name of the group holds for each member, and what it gives to a member's name holds over that.
/// A member whose name is declared, by `breaker!("crawler/example.com", ..)`, or registered is that breaker. If the configuration
/// has the name of the group, or of a member, make the group before, or [there](crate::Configuration::group): it takes names that
/// nobody knows for mistakes.
///
/// # At most so many
///
/// A group has at most [`at_most`](GroupSettings::at_most) members. When one more is asked for, it forgets some that have been
/// asked for least lately, a sixteenth of all, among those that are closed and that no call is using. If there are none, those go
/// that have been open and whose time is over, but that nobody has called since. One that is open is never forgotten, nor one
/// whose mode or settings were set live.
///
/// Where nothing can be forgotten, the calls for which a breaker would have to be made are let through: they share the
/// [`overflow`](Group::overflow), which counts them and in its [`Mode::Shadow`](crate::Mode::Shadow) rejects nothing. So do
/// those whose key makes no [name](CircuitBreaker::new). It has the modes that are configured for the group, but for the
/// normal one.
pub struct Group {
    pub(super) settings: GroupSettings,
    pub(super) overflow: &'static CircuitBreaker,
    pub(super) registry: &'static Registry,
    pub(super) members: RwLock<HashMap<Box<str>, Member>>,
    /// Twice as many as members were made so far: what `Member::used` is measured by.
    pub(super) made: AtomicU64,
    /// Until when, in the milliseconds of its clock, nothing is looked for that could be forgotten.
    pub(super) full_until: AtomicU64,
    /// Of members that were forgotten: written while `members` are.
    pub(super) trips_forgotten: AtomicU64,
}

pub(super) fn member_name(group: &str, key: &str) -> String {
    format!("{group}/{key}")
}

impl Group {
    pub(super) fn new(
        settings: GroupSettings,
        overflow: &'static CircuitBreaker,
        registry: &'static Registry,
    ) -> Self {
        Self {
            settings,
            overflow,
            registry,
            members: RwLock::default(),
            made: AtomicU64::new(0),
            full_until: AtomicU64::new(0),
            trips_forgotten: AtomicU64::new(0),
        }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.overflow.name()
    }

    /// The breaker for `key`, which is made if there is none. Costs a read lock and a look-up where there is one.
    ///
    /// Keep what is returned no longer than the call takes: what is held is not forgotten.
    pub fn breaker(&self, key: &str) -> BreakerHandle {
        self.found(key, |member| member.use_at(self.made())).unwrap_or_else(|| self.make(key))
    }

    /// The breaker for `key`, if there is one. It counts for nothing as to which member is forgotten.
    pub fn get(&self, key: &str) -> Option<BreakerHandle> {
        self.found(key, |_| ())
    }

    /// The keys and breakers of all members.
    pub fn members(&self) -> Vec<(Box<str>, BreakerHandle)> {
        let members = self.members.read().unpoisoned();
        members.iter().map(|(key, member)| (key.clone(), member.breaker.clone())).collect()
    }

    pub(crate) fn keys(&self) -> Vec<Box<str>> {
        self.members.read().unpoisoned().keys().cloned().collect()
    }

    pub(super) fn forget(&self, key: &str) -> Option<BreakerHandle> {
        let mut members = self.members.write().unpoisoned();
        members.remove(key).map(|member| self.count_forgotten(member).breaker)
    }

    pub(super) fn count_forgotten(&self, member: Member) -> Member {
        self.trips_forgotten.fetch_add(member.breaker.trips(), Ordering::Relaxed);
        member
    }

    /// How often members have gone from closed to open, those included that were forgotten.
    #[cfg(any(feature = "metrics", feature = "opentelemetry", feature = "prometheus"))]
    pub(crate) fn trips(&self) -> u64 {
        // Nobody is forgotten meanwhile, and so counted twice or not at all: it never falls.
        let members = self.members.read().unpoisoned();
        let trips: u64 = members.values().map(|member| member.breaker.trips()).sum();
        trips + self.trips_forgotten.load(Ordering::Relaxed)
    }

    pub(super) fn known(&self, key: &str, breaker: BreakerHandle) -> Known {
        let (group, given) = (Some(self.name()), self.given(key));
        Known { breaker, group, given, is_overflow: false }
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.members.read().unpoisoned().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there are at most.
    pub fn at_most(&self) -> usize {
        self.settings.at_most
    }

    /// What the calls share for which no breaker could be made: it has the group's name.
    pub fn overflow(&self) -> &'static CircuitBreaker {
        self.overflow
    }

    /// What the group gives to the member with this key.
    pub(super) fn given(&self, key: &str) -> Settings {
        self.settings.of.get(key).copied().unwrap_or_default().over(self.settings.each)
    }

    fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    fn found(&self, key: &str, see: impl FnOnce(&Member)) -> Option<BreakerHandle> {
        let members = self.members.read().unpoisoned();
        let member = members.get(key)?;
        see(member);
        Some(member.breaker.clone())
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group")
            .field("name", &self.name())
            .field("members", &self.len())
            .field("at_most", &self.at_most())
            .finish_non_exhaustive()
    }
}
