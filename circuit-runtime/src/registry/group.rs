//! Breakers whose names come along as the program runs.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::book::Registry;
use super::configured::Configured;
use super::known::{Known, Naming};
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
/// A member whose name is declared, by `breaker!("crawler/example.com", ..)`, or registered is that breaker. Make the group
/// before [`install`](crate::Configuration::install), if the configuration has its name or those of members: it takes names that
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
/// [`overflow`](Group::overflow), which counts them and in its [`Mode::Shadow`] rejects nothing. So do those whose key makes no
/// [name](CircuitBreaker::new). It has the modes that are configured for the group, but for the normal one.
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
const PAUSE: u64 = 10;

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
    /// The group called `name`, which is made if there is none, and lives for ever. If there is one, its settings hold; where
    /// `settings` give [each](GroupSettings::each) member another, [`verify`](Self::verify) reports it.
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
    /// As for [`CircuitBreaker::new`], for the settings of each member; if the name is a breaker's that is no group; and if that
    /// of a group and of a member of another could be the same.
    pub fn try_group(
        &'static self,
        name: &str,
        settings: GroupSettings,
    ) -> Result<&'static Group, SettingsError> {
        let (group, is_new) = self.make_group(name, settings)?;
        if is_new {
            group.overflow.tell_registered();
        }
        Ok(group)
    }

    fn make_group(
        &'static self,
        name: &str,
        settings: GroupSettings,
    ) -> Result<(&'static Group, bool), SettingsError> {
        let _making = self.making.lock().unpoisoned();
        let made = self.groups.read().unpoisoned().get(name).copied();
        if let Some(group) = made {
            self.compare(name, group.settings.each, settings.each);
            return Ok((group, false));
        }
        let contradicted = |why: String| Err(SettingsError::contradicted(name, why));
        if self.table.settings(name).is_some() || self.registered(name).is_some() {
            return contradicted("a breaker has this name, which is none of a group".to_owned());
        }
        let is_below = |name: &str, group: &str| {
            name.strip_prefix(group).is_some_and(|key| key.starts_with('/'))
        };
        let mut others = self.groups().into_iter().map(Group::name);
        if let Some(other) = others.find(|of| is_below(name, of) || is_below(of, name)) {
            return contradicted(format!(
                "the group {other:?} could have members of the same name"
            ));
        }
        for (key, of_key) in &settings.of {
            of_key.over(settings.each).validated(&member_name(name, key))?;
        }
        let overflow = self.make(name, settings.each, true)?.0.breaker;
        let group: &'static Group = Box::leak(Box::new(Group {
            settings,
            overflow,
            registry: self,
            members: RwLock::default(),
            made: AtomicU64::new(0),
            full_until: AtomicU64::new(0),
        }));
        self.groups.write().unpoisoned().insert(overflow.name(), group);
        Ok((group, true))
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

    pub(super) fn keys(&self) -> Vec<Box<str>> {
        self.members.read().unpoisoned().keys().cloned().collect()
    }

    pub(super) fn forget(&self, key: &str) -> Option<BreakerHandle> {
        self.members.write().unpoisoned().remove(key).map(|member| member.breaker)
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
        configured.equip(&self.known(key, breaker.clone()));
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
        // Calls of those that stay need not wait for the choice: as long as the configuration is held, nobody else is made.
        let members = self.members.read().unpoisoned();
        if members.len() < at_most {
            return Some(Vec::new());
        }
        let mode = |member: &Member| {
            let naming = Naming { name: member.breaker.name(), group: Some(self.name()) };
            configured.mode_of(naming).unwrap_or(Mode::Normal)
        };
        let idle = members.iter().filter_map(|(key, member)| {
            Some((member.is_idle(mode(member))?, member.used.load(Ordering::Relaxed), key))
        });
        let mut idle: Vec<_> = idle.collect();
        let closed = idle.iter().filter(|(idle, ..)| *idle == Idle::Closed).count();
        let best = if closed > 0 { closed } else { idle.len() };
        // Several, so that those who come next find room.
        let many = best.min(at_most / 16).max(1);
        if many < idle.len() {
            idle.select_nth_unstable(many);
        }
        let keys: Vec<Box<str>> = idle.iter().take(many).map(|(.., key)| (*key).clone()).collect();
        drop(members);
        let mut members = self.members.write().unpoisoned();
        // Unless somebody has begun to use it since.
        let is_idle = |member: &Member| member.is_idle(mode(member)).is_some();
        let forgotten = keys.iter().filter_map(|key| {
            members.get(key).is_some_and(is_idle).then(|| members.remove(key)).flatten()
        });
        let forgotten: Vec<_> = forgotten.collect();
        (!forgotten.is_empty()).then_some(forgotten)
    }
}

/// A member that can be forgotten: from what is missed least.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Idle {
    Closed,
    OpenLongAgo,
}

impl Member {
    fn use_at(&self, made: u64) {
        // Read before it is written, as mostly it is there already, and what is written is taken away from other processors.
        if self.used.load(Ordering::Relaxed) != made + 1 {
            self.used.store(made + 1, Ordering::Relaxed);
        }
    }

    /// Nothing, if it is to be kept; `mode` is the one that it would be made in.
    fn is_idle(&self, mode: Mode) -> Option<Idle> {
        let breaker = &self.breaker;
        let is_as_made = breaker.live_settings() == Settings::new() && breaker.mode() == mode;
        if !breaker.is_the_last() || !is_as_made {
            return None;
        }
        match breaker.state() {
            State::Closed => Some(Idle::Closed),
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
