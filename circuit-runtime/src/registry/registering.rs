//! How a breaker comes into the registry: by a name that is known only at run time, or when a declared one is first used.

use super::book::{Registered, Registry};
use super::known::Naming;
use super::problem::Problem;
use crate::breaker::{CircuitBreaker, Settings, SettingsError};
use crate::poison::Unpoisoned;

/// Differing registrations of names made at run time that are kept for [`Registry::verify`].
const MOST_DIFFERING: usize = 64;

impl Registry {
    /// The breaker called `name`, which is made if there is none: for names that are known only at run time, such
    /// as a host's. It lives for ever, so take care that the names cannot grow without end.
    ///
    /// If there is one, its settings hold; where `settings` gives one differently, [`verify`](Self::verify) reports
    /// it. Looking up costs a read lock, and one more where `settings` are not those of the first time; so keep the reference
    /// where calls are frequent.
    ///
    /// # Panics
    ///
    /// If `settings` or `name` is out of range: see [`try_get_or_register`](Self::try_get_or_register).
    #[track_caller]
    pub fn get_or_register(&self, name: &str, settings: Settings) -> &'static CircuitBreaker {
        match self.try_get_or_register(name, settings) {
            Ok(breaker) => breaker,
            Err(error) => panic!("{error}"),
        }
    }

    /// As [`get_or_register`](Self::get_or_register), for settings and names that come from outside.
    ///
    /// # Errors
    ///
    /// As for [`CircuitBreaker::new`]; if the name is declared as well, by declarations that contradict each other; and if it is
    /// that of a [group](Self::group).
    pub fn try_get_or_register(
        &self,
        name: &str,
        settings: Settings,
    ) -> Result<&'static CircuitBreaker, SettingsError> {
        let found = self.find(name).map_err(|why| SettingsError::contradicted(name, why))?;
        let Registered { breaker, given, is_overflow } = match found {
            Some(found) => found,
            None => self.register(name, settings)?,
        };
        if is_overflow {
            let why = "a group has this name, whose members are got from it".to_owned();
            return Err(SettingsError::contradicted(name, why));
        }
        self.compare(name, given, settings);
        Ok(breaker)
    }

    /// Notes down a difference between what `name` was registered with, and what it is registered with again.
    pub(super) fn compare(&self, name: &str, given: Settings, again: Settings) {
        if again == given {
            return;
        }
        let defaults = self.configured.lock().unpoisoned().defaults;
        if let Some(differs) = given.over(defaults).differs(again) {
            let mut differing = self.differing.lock().unpoisoned();
            let known = differing.iter().any(
                |problem| matches!(problem, Problem::Differs { name: known, .. } if known == name),
            );
            if !known && differing.len() < MOST_DIFFERING {
                differing.push(Problem::Differs {
                    name: name.to_owned(),
                    key: differs.key.as_str(),
                    registered: differs.ours,
                    again: differs.theirs,
                    places: self.table.places(name),
                });
            }
        }
    }

    /// The breaker of this name: one made with `given`, or the one that another thread was faster to make.
    pub(super) fn register(
        &self,
        name: &str,
        given: Settings,
    ) -> Result<Registered, SettingsError> {
        let (registered, is_new) = self.make(name, given, false)?;
        if is_new {
            registered.breaker.tell_registered();
        }
        Ok(registered)
    }

    /// As [`register`](Self::register), but that it tells nobody; returns whether it was made.
    pub(super) fn make(
        &self,
        name: &str,
        given: Settings,
        is_overflow: bool,
    ) -> Result<(Registered, bool), SettingsError> {
        let configured = self.configured.lock().unpoisoned();
        if let Some(found) = self.registered(name) {
            return Ok((found, false));
        }
        let settings = self.settings_of(&configured, Naming::alone(name), given);
        let breaker = CircuitBreaker::registered(name, settings)?;
        #[cfg(feature = "test-util")]
        self.clock.iter().for_each(|clock| breaker.set_clock(clock));
        let registered = Registered { breaker, given, is_overflow };
        configured.equip(&registered.into());
        self.breakers.write().unpoisoned().insert(breaker.name(), registered);
        // Who asked a group for it, before it had a place of its own, asks in vain from now on.
        let forgotten = self.forget_member(name);
        drop(configured);
        drop(forgotten);
        Ok((registered, true))
    }
}
