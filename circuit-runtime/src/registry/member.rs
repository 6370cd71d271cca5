//! Members of a group: made when they are asked for, and forgotten where there is no room.

use std::sync::atomic::{AtomicU64, Ordering};

use super::configured::Configured;
use super::group::{Group, member_name};
use super::known::Naming;
use crate::breaker::{BreakerHandle, CircuitBreaker, Mode, Settings};
use crate::machine::State;
use crate::poison::Unpoisoned;

pub(super) struct Member {
    pub(super) breaker: BreakerHandle,
    /// What `Group::made` was when it was last asked for, and one more if it had been made before.
    used: AtomicU64,
}

/// After looking in vain for members that could be forgotten, as many milliseconds pass until the next look.
const PAUSE: u64 = 10;

impl Group {
    #[cold]
    pub(super) fn make(&self, key: &str) -> BreakerHandle {
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
        let registered = registry.registered(&name).map(|registered| registered.breaker.into());
        if let Some(made) = self.get(key).or(registered) {
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
        let forgotten: Vec<_> = forgotten.map(|member| self.count_forgotten(member)).collect();
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
    pub(super) fn use_at(&self, made: u64) {
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
