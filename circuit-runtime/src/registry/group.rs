//! Breakers whose names come along as the program runs.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::book::Registry;
use super::configured::Configured;
use super::known::Naming;
use crate::breaker::{BreakerHandle, CircuitBreaker, Mode, Settings, SettingsError};
use crate::machine::State;
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
/// A member whose name is declared, by `breaker!("crawler/example.com", ..)`, is the declared breaker.
///
/// # At most so many
///
/// A group has at most [`at_most`](GroupSettings::at_most) members. When one more is asked for, it forgets those that have
/// been asked for least lately among those that are closed and that no call is using: first those without failures, and then,
/// if there are none, the others. If there are none of these either, one goes that has been open and whose time is over, but
/// that nobody has called since. One that is open is never forgotten, nor one whose mode or settings were set live.
///
/// Where nothing can be forgotten, the calls for which a breaker would have to be made are let through: they share the
/// [`overflow`](Group::overflow), which counts them and in its [`Mode::Shadow`] rejects nothing. So do those whose key makes no
/// [name](CircuitBreaker::new).
pub struct Group {
    settings: GroupSettings,
    overflow: &'static CircuitBreaker,
    registry: &'static Registry,
    members: RwLock<HashMap<Box<str>, Member>>,
    /// Twice as many as members were made so far: what `Member::used` is measured by.
    made: AtomicU64,
    /// Until when, in the milliseconds of its clock, nothing is looked for that could be forgotten.
    full_until: AtomicU64,
}

struct Member {
    breaker: BreakerHandle,
    /// What `Group::made` was when it was last asked for, and one more if it had been made before.
    used: AtomicU64,
}

/// After looking in vain for members that could be forgotten, as many milliseconds pass until the next look.
const PAUSE: u64 = 100;

/// How the members of a [`Group`] are made. What is not said has its default.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "settings do nothing until a group is made with them"]
pub struct GroupSettings {
    each: Settings,
    of: BTreeMap<String, Settings>,
    at_most: usize,
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

    /// How many members there are at most: by default 1024, at least 1. A member takes 1 to 2 KiB, and 5 KiB more with a
    /// `window`; beside that, 64 bytes for each thread that calls.
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

impl Registry {
    /// The group called `name`, which is made if there is none, and lives for ever. If there is one, its settings hold.
    ///
    /// # Panics
    ///
    /// As [`try_group`](Self::try_group) returns errors.
    #[track_caller]
    pub fn group(&'static self, name: &str, settings: GroupSettings) -> &'static Group {
        match self.try_group(name, settings) {
            Ok(group) => group,
            Err(error) => panic!("{error}"),
        }
    }

    /// As [`group`](Self::group), for settings and names that come from outside.
    ///
    /// # Errors
    ///
    /// As for [`CircuitBreaker::new`], for the settings of each member; and if the name is a breaker's that is no group.
    pub fn try_group(
        &'static self,
        name: &str,
        settings: GroupSettings,
    ) -> Result<&'static Group, SettingsError> {
        let _making = self.making.lock().unpoisoned();
        if let Some(group) = self.groups.read().unpoisoned().get(name) {
            return Ok(group);
        }
        if self.table.settings(name).is_some() || self.registered(name).is_some() {
            let why = "a breaker has this name, which is none of a group".to_owned();
            return Err(SettingsError::contradicted(name, why));
        }
        for (key, of_key) in &settings.of {
            of_key.over(settings.each).validated(&member_name(name, key))?;
        }
        let overflow = self.register(name, settings.each, Mode::Shadow)?.breaker;
        let group: &'static Group = Box::leak(Box::new(Group {
            settings,
            overflow,
            registry: self,
            members: RwLock::default(),
            made: AtomicU64::new(0),
            full_until: AtomicU64::new(0),
        }));
        self.groups.write().unpoisoned().insert(overflow.name(), group);
        Ok(group)
    }

    /// All groups, by name.
    pub fn groups(&self) -> Vec<&'static Group> {
        self.groups.read().unpoisoned().values().copied().collect()
    }
}

fn member_name(group: &str, key: &str) -> String {
    format!("{group}/{key}")
}

impl Group {
    /// Its name.
    pub fn name(&self) -> &'static str {
        self.overflow.name()
    }

    /// The breaker for `key`, which is made if there is none. Costs a read lock and a look-up where there is one.
    ///
    /// Keep what is returned no longer than the call takes: what is held is not forgotten.
    pub fn breaker(&self, key: &str) -> BreakerHandle {
        let found = self.found(key, |member| member.used.store(self.made() + 1, Ordering::Relaxed));
        found.unwrap_or_else(|| self.make(key))
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

    #[cold]
    fn make(&self, key: &str) -> BreakerHandle {
        let name = member_name(self.name(), key);
        if let Some(declared) = self.registry.get(&name) {
            return declared.into();
        }
        let now = self.overflow.now().reached();
        if now < self.full_until.load(Ordering::Relaxed) {
            return self.overflow.into();
        }
        let registry = self.registry;
        // Held until the member is there, so that it misses nothing, and nobody else makes one.
        let configured = registry.configured.lock().unpoisoned();
        if let Some(made) = self.get(key) {
            return made;
        }
        let naming = Naming { name: &name, group: Some(self.name()) };
        let settings = registry.settings_of(&configured, naming, self.given(key));
        let Ok(breaker) = CircuitBreaker::new(&name, settings) else {
            return self.overflow.into();
        };
        let Some(forgotten) = self.make_room(&configured) else {
            self.full_until.store(now + PAUSE, Ordering::Relaxed);
            return self.overflow.into();
        };
        #[cfg(feature = "test-util")]
        registry.clock.iter().for_each(|clock| breaker.set_clock(clock));
        let breaker = BreakerHandle::from(breaker);
        configured.equip(&breaker, naming.group);
        let used = AtomicU64::new(self.made.fetch_add(2, Ordering::Relaxed) + 2);
        let member = Member { breaker: breaker.clone(), used };
        self.members.write().unpoisoned().insert(key.into(), member);
        drop(configured);
        // With them go what listeners they had, and their drop is the user's code.
        drop(forgotten);
        breaker.tell_registered();
        breaker
    }

    /// Forgets some members if there are as many as there may be; returns them, or nothing if none can be forgotten.
    fn make_room(&self, configured: &Configured) -> Option<Vec<Member>> {
        let at_most = self.settings.at_most;
        let mut members = self.members.write().unpoisoned();
        if members.len() < at_most {
            return Some(Vec::new());
        }
        let idle = members.iter().filter_map(|(key, member)| {
            let naming = Naming { name: member.breaker.name(), group: Some(self.name()) };
            let mode = configured.mode_of(naming).unwrap_or(Mode::Normal);
            Some((member.is_idle(mode)?, member.used.load(Ordering::Relaxed), key))
        });
        let mut idle: Vec<_> = idle.collect();
        // Several, where nothing is lost by it: so the next that comes finds room.
        let clean = idle.iter().filter(|(idle, ..)| *idle == Idle::Clean).count();
        let many = clean.min(at_most / 16).max(1);
        if many < idle.len() {
            idle.select_nth_unstable(many);
        }
        let keys: Vec<Box<str>> = idle.iter().take(many).map(|(.., key)| (*key).clone()).collect();
        let forgotten: Vec<_> = keys.iter().filter_map(|key| members.remove(key)).collect();
        (!forgotten.is_empty()).then_some(forgotten)
    }
}

/// What can be forgotten of a member: from what is missed least.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Idle {
    Clean,
    WithFailures,
    OpenLongAgo,
}

impl Member {
    /// Nothing, if it is to be kept; `mode` is the one that it would be made in.
    fn is_idle(&self, mode: Mode) -> Option<Idle> {
        let breaker = &self.breaker;
        let is_as_made = breaker.live_settings() == Settings::new() && breaker.mode() == mode;
        if !breaker.is_the_last() || !is_as_made {
            return None;
        }
        match breaker.state() {
            State::Closed if breaker.failure_count() == 0 => Some(Idle::Clean),
            State::Closed => Some(Idle::WithFailures),
            State::Open => None,
            State::HalfOpen => breaker.retry_after().is_none().then_some(Idle::OpenLongAgo),
        }
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
