//! How a configuration comes into force.

use super::book::Registry;
use super::configured::Configured;
use super::problem::{Problem, RegistryError};
use crate::breaker::{BreakerHandle, ModeChange, Settings, SettingsChange};
use crate::poison::Unpoisoned;

/// Changes that were made under the registry's lock, to be told of behind it.
#[derive(Default)]
struct Untold {
    settings: Vec<(BreakerHandle, SettingsChange)>,
    modes: Vec<(BreakerHandle, ModeChange)>,
}

impl Untold {
    fn tell(self) {
        for (breaker, change) in self.settings {
            breaker.tell_settings_change(&change);
        }
        for (breaker, change) in self.modes {
            breaker.tell_mode_change(&change);
        }
    }
}

impl Registry {
    /// Puts `configured` in force, over what was there before; or returns what is wrong with it beside `problems`.
    pub(super) fn install(
        &self,
        configured: &Configured,
        mut problems: Vec<Problem>,
    ) -> Result<(), RegistryError> {
        let mut in_force = self.configured.lock().unpoisoned();
        problems.extend(self.problems());
        if in_force.is_installed {
            problems.push(Problem::AlreadyInstalled);
        }
        let mut installed = Configured { by_name: in_force.by_name.clone(), ..configured.clone() };
        for (name, &settings) in &configured.by_name {
            installed.settings(name.clone(), settings);
        }
        #[cfg(feature = "storage")]
        let fleet = match configured.fleet.as_ref().map(|fleet| fleet.start()).transpose() {
            Ok(start) => start,
            Err(why) => {
                problems.push(Problem::Fleet { why });
                None
            }
        };
        let mut untold = self.put_in_force(&installed, problems)?;
        for known in self.known() {
            let change = configured.equip(&known);
            untold.modes.extend(change.map(|change| (known.breaker, change)));
        }
        // Those that the registry was given before came first.
        installed.listeners.splice(0..0, in_force.listeners.drain(..));
        *in_force = Configured { is_installed: true, ..installed };
        drop(in_force);
        #[cfg(feature = "storage")]
        if let Some(start) = fleet {
            start();
        }
        untold.tell();
        Ok(())
    }

    /// Replaces the settings by name of the [configuration](crate::configure()), all of them, while calls go on: for a
    /// program that reads its settings file again. A key that is not given any more is again what the source says; what was
    /// set live stays in force over it. State and counts are kept, as by
    /// [`set_settings`](crate::CircuitBreaker::set_settings). Defaults, modes and the rest of the configuration stay as they are.
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
    /// As [`install`](crate::Configuration::install), for the overrides; nothing changes then.
    pub fn replace_overrides<N: Into<String>>(
        &self,
        overrides: impl IntoIterator<Item = (N, Settings)>,
    ) -> Result<(), RegistryError> {
        let mut given = Configured::default();
        overrides.into_iter().for_each(|(name, settings)| given.settings(name.into(), settings));
        let mut in_force = self.configured.lock().unpoisoned();
        let replaced = Configured { by_name: given.by_name, ..in_force.clone() };
        let untold = self.put_in_force(&replaced, Vec::new())?;
        in_force.by_name = replaced.by_name;
        drop(in_force);
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
        let all = self.known();
        let mut held: Vec<_> =
            all.iter().map(|known| (known, known.breaker.hold_settings())).collect();
        problems.extend(self.unknown_names(configured));
        let of_defaults = configured.defaults.out_of_range("");
        let defaults = if of_defaults.is_empty() { configured.defaults } else { Settings::new() };
        problems.extend(of_defaults.into_iter().map(|error| Problem::Defaults { error }));
        // Out of range, they would be in the way of everybody.
        let checked = Configured { defaults, ..configured.clone() };
        problems.extend(self.contradictions(&checked, &mut held));
        RegistryError::from_problems(problems)?;
        let changes = held.into_iter().filter_map(|(known, held)| {
            held.commit().map(|change| (known.breaker.clone(), change))
        });
        Ok(Untold { settings: changes.collect(), modes: Vec::new() })
    }
}
