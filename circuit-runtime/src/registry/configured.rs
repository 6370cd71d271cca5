//! What is in force for all breakers, those to come included.

use std::collections::BTreeMap;

use super::book::{Registered, Registry};
use super::configuration::Configuration;
use super::problem::{Problem, RegistryError};
use crate::breaker::{
    CircuitBreaker, Exclusion, Held, ListenerEntry, Mode, ModeChange, Settings, SettingsChange,
};
use crate::nearest::nearest;
use crate::poison::Unpoisoned;

/// What every breaker of a registry is given beside what its declarations say.
#[derive(Clone, Default)]
pub(super) struct Configured {
    pub(super) defaults: Settings,
    pub(super) by_name: BTreeMap<String, Settings>,
    pub(super) modes: BTreeMap<String, Mode>,
    pub(super) exclusions: Vec<Exclusion>,
    pub(super) listeners: Vec<ListenerEntry>,
    pub(super) is_installed: bool,
}

impl Configured {
    /// The settings of a breaker whose declarations or registration give it `given`.
    pub(super) fn settings_of(&self, name: &str, given: Settings) -> Settings {
        let by_name = self.by_name.get(name).copied().unwrap_or_default();
        by_name.over(given).over(self.defaults)
    }

    /// Gives a breaker all but its settings. Of the change of its mode, listeners are to be told where no lock is held, if
    /// anybody has seen the breaker before.
    pub(super) fn equip(&self, breaker: &CircuitBreaker) -> Option<ModeChange> {
        self.exclusions.iter().for_each(|exclusion| breaker.add_exclusion(exclusion.clone()));
        for entry in &self.listeners {
            breaker.add_entry(entry.clone());
        }
        breaker.exchange_mode(*self.modes.get(breaker.name())?)
    }
}

/// Changes that were made under the registry's lock, to be told of behind it.
#[derive(Default)]
struct Untold {
    settings: Vec<(&'static CircuitBreaker, SettingsChange)>,
    modes: Vec<(&'static CircuitBreaker, ModeChange)>,
}

impl Untold {
    fn tell(self) {
        for (breaker, change) in self.settings {
            breaker.tell_settings_change(Some(&change));
        }
        for (breaker, change) in self.modes {
            breaker.tell_mode_change(&change);
        }
    }
}

impl Registry {
    pub(super) fn install(&self, configuration: &Configuration) -> Result<(), RegistryError> {
        let mut configured = self.configured.lock().unpoisoned();
        let mut problems = self.problems();
        if configured.is_installed {
            problems.push(Problem::AlreadyInstalled);
        }
        let mut installed = Configured::from(configuration);
        let mut untold = self.put_in_force(&installed, problems)?;
        for breaker in self.all() {
            untold.modes.extend(installed.equip(breaker).map(|change| (breaker, change)));
        }
        // Those that the registry was given before came first.
        installed.listeners.splice(0..0, configured.listeners.drain(..));
        *configured = installed;
        drop(configured);
        untold.tell();
        Ok(())
    }

    /// Replaces the settings by name of the [configuration](crate::configure), all of them, while calls go on: for a
    /// program that reads its settings file again. A key that is not given any more is again what the source says; what was
    /// set live stays in force over it. State and counts are kept, as by
    /// [`set_settings`](CircuitBreaker::set_settings).
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use circuit_runtime::{Settings, breaker, registry};
    ///
    /// let db = breaker!("replaced/db", threshold = 5);
    /// registry().replace_overrides([("replaced/db", Settings::new().threshold(2))])?;
    /// assert_eq!(db.settings().get_threshold(), 2);
    /// registry().replace_overrides(BTreeMap::<String, Settings>::new())?;
    /// assert_eq!(db.settings().get_threshold(), 5);
    /// # Ok::<(), circuit_runtime::RegistryError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`install`](Configuration::install), for the overrides; nothing changes then.
    pub fn replace_overrides<N: Into<String>>(
        &self,
        overrides: impl IntoIterator<Item = (N, Settings)>,
    ) -> Result<(), RegistryError> {
        let by_name = Configuration::default().overrides(overrides).by_name;
        let mut configured = self.configured.lock().unpoisoned();
        let replaced = Configured { by_name, ..configured.clone() };
        let untold = self.put_in_force(&replaced, Vec::new())?;
        configured.by_name = replaced.by_name;
        drop(configured);
        untold.tell();
        Ok(())
    }

    /// Checks the settings of `configured`, and gives them to all breakers there are; or returns what is wrong with them
    /// beside `problems`. Whoever calls holds the lock on what is in force now.
    fn put_in_force(
        &self,
        configured: &Configured,
        mut problems: Vec<Problem>,
    ) -> Result<Untold, RegistryError> {
        // All are held until all are changed: between check and change, nobody sets anything live.
        let held: Vec<_> = self
            .registered_breakers()
            .into_iter()
            .map(|registered| (registered, registered.breaker.hold_settings()))
            .collect();
        problems.extend(self.unknown_names(configured));
        match configured.defaults.in_range() {
            Ok(()) => problems.extend(self.contradictions(configured, &held)),
            Err(error) => problems.push(Problem::Defaults { error }),
        }
        RegistryError::from_problems(problems)?;
        let mut untold = Untold::default();
        for (Registered { breaker, given }, held) in held {
            // Checked above, and held since.
            if let Ok(Some(change)) = held.set_base(configured.settings_of(breaker.name(), given)) {
                untold.settings.push((breaker, change));
            }
        }
        Ok(untold)
    }

    /// What is wrong with the settings that breakers would have, those that nobody has used yet included.
    fn contradictions(
        &self,
        configured: &Configured,
        held: &[(Registered, Held<'_>)],
    ) -> Vec<Problem> {
        let of_registered = held.iter().map(|(Registered { breaker, given }, held)| {
            held.check_base(configured.settings_of(breaker.name(), *given))
        });
        let unused = self.table.names().filter(|name| self.registered(name).is_none());
        let of_declared = unused.filter_map(|name| {
            let given = self.table.settings(name)?.ok()?;
            Some(configured.settings_of(name, given).validated(name).map(drop))
        });
        let errors = of_registered.chain(of_declared).filter_map(Result::err);
        errors
            .map(|error| {
                let places = self.table.places(error.breaker());
                Problem::Configured { error, places }
            })
            .collect()
    }

    /// Names that have settings or a mode in `configured`, and nothing else in the program.
    fn unknown_names(&self, configured: &Configured) -> Vec<Problem> {
        let registered = self.registered_breakers();
        let registered = registered.iter().map(|of_name| of_name.breaker.name());
        let mut known: Vec<&'static str> = self.table.names().chain(registered).collect();
        known.sort_unstable();
        known.dedup();
        let mut named: Vec<&String> =
            configured.by_name.keys().chain(configured.modes.keys()).collect();
        named.sort_unstable();
        named.dedup();
        let unknown = named.into_iter().filter(|name| !known.contains(&name.as_str()));
        unknown
            .map(|name| Problem::Unknown {
                name: name.clone(),
                nearest: nearest(name, known.iter().copied()),
                known: known.clone(),
            })
            .collect()
    }
}
