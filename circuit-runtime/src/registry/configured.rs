//! What is in force for all breakers, those to come included.

use std::collections::BTreeMap;

use super::book::Registry;
use super::known::{Known, Naming};
use super::problem::{Problem, RegistryError};
use crate::breaker::{
    BreakerHandle, Exclusion, Held, ListenerEntry, Mode, ModeChange, Settings, SettingsChange,
    SettingsError,
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
    #[cfg(feature = "storage")]
    pub(super) fleet: Option<std::sync::Arc<dyn crate::breaker::Joins>>,
    pub(super) is_installed: bool,
}

impl Configured {
    /// Gives `settings` to a name, over those that it was given before.
    pub(super) fn settings(&mut self, name: String, settings: Settings) {
        let of_name = self.by_name.entry(name).or_default();
        *of_name = settings.over(*of_name);
    }

    fn by_name(&self, name: &str) -> Settings {
        self.by_name.get(name).copied().unwrap_or_default()
    }

    /// The settings given here for a breaker, or for its group.
    fn by_naming(&self, naming: Naming<'_>) -> Settings {
        let of_group = naming.group.map(|group| self.by_name(group)).unwrap_or_default();
        self.by_name(naming.name).over(of_group)
    }

    /// The mode given here for a breaker, or for its group.
    pub(super) fn mode_of(&self, naming: Naming<'_>) -> Option<Mode> {
        let of_group = || self.modes.get(naming.group?);
        self.modes.get(naming.name).or_else(of_group).copied()
    }

    /// The settings of a breaker whose declarations or registration give it `given`.
    fn settings_of(&self, naming: Naming<'_>, given: Settings) -> Settings {
        self.by_naming(naming).over(given).over(self.defaults)
    }

    /// As [`settings_of`](Self::settings_of), for a name that nothing declares, which nobody can check beforehand: defaults
    /// that contradict what it is registered with are left out, since who registers it knows nothing of them.
    fn settings_of_undeclared(&self, naming: Naming<'_>, given: Settings) -> Settings {
        let name = naming.name;
        let settings = self.settings_of(naming, given);
        let without_defaults = self.by_naming(naming).over(given);
        let defaults_contradict =
            settings.validated(name).is_err() && without_defaults.validated(name).is_ok();
        if defaults_contradict { without_defaults } else { settings }
    }

    /// Gives a breaker all but its settings. Of the change of its mode, listeners are to be told where no lock is held, if
    /// anybody has seen the breaker before.
    pub(super) fn equip(&self, known: &Known) -> Option<ModeChange> {
        let breaker = &known.breaker;
        self.exclusions.iter().for_each(|exclusion| breaker.add_exclusion(exclusion.clone()));
        for entry in &self.listeners {
            breaker.add_entry(entry.clone());
        }
        let mode = self.mode_of(known.naming());
        // What many hosts share must not keep one of them out for what another did.
        let mode = if known.is_overflow {
            Some(mode.filter(|mode| *mode != Mode::Normal).unwrap_or(Mode::Shadow))
        } else {
            mode
        };
        let change = mode.and_then(|mode| breaker.exchange_mode(mode));
        // What it hears from the fleet holds over what it is given here.
        #[cfg(feature = "storage")]
        self.fleet.iter().for_each(|fleet| fleet.join(breaker, known.group));
        change
    }
}

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
    /// Puts `configured` in force, over what was there before.
    pub(super) fn install(&self, configured: &Configured) -> Result<(), RegistryError> {
        let mut in_force = self.configured.lock().unpoisoned();
        let mut problems = self.problems();
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

    /// What is wrong with the settings that breakers would have, those that nobody has used yet included.
    fn contradictions(
        &self,
        configured: &Configured,
        held: &mut [(&Known, Held<'_>)],
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (known, held) in held {
            let base = self.settings_of(configured, known.naming(), known.given);
            let errors = held.prepare_base(base);
            let of = (known.naming(), known.given);
            problems.extend(self.layered(configured, of, held.live(), errors));
        }
        for name in self.table.names().filter(|name| self.registered(name).is_none()) {
            let Some(Ok(given)) = self.table.settings(name) else { continue };
            let naming = Naming::alone(name);
            let errors = configured.settings_of(naming, given).faults(name);
            problems.extend(self.layered(configured, (naming, given), Settings::new(), errors));
        }
        problems.extend(self.contradictions_of_members_to_come(configured));
        problems
    }

    /// What is wrong with the settings of those that are named, and that nobody has asked their group for.
    fn contradictions_of_members_to_come(&self, configured: &Configured) -> Vec<Problem> {
        let named = configured.by_name.keys().filter_map(|name| {
            let (group, key) = self.group_of(name)?;
            (group.get(key).is_none() && self.table.settings(name).is_none()).then(|| {
                let naming = Naming { name, group: Some(group.name()) };
                (naming, group.given(key))
            })
        });
        named
            .flat_map(|of| {
                let errors = self.settings_of(configured, of.0, of.1).faults(of.0.name);
                self.layered(configured, of, Settings::new(), errors)
            })
            .collect()
    }

    /// The settings below those given live.
    pub(super) fn settings_of(
        &self,
        configured: &Configured,
        naming: Naming<'_>,
        given: Settings,
    ) -> Settings {
        match self.table.settings(naming.name) {
            Some(_) => configured.settings_of(naming, given),
            None => configured.settings_of_undeclared(naming, given),
        }
    }

    /// Each of `errors`, with the layers that the settings at fault come from.
    fn layered(
        &self,
        configured: &Configured,
        (naming, given): (Naming<'_>, Settings),
        live: Settings,
        errors: impl IntoIterator<Item = SettingsError>,
    ) -> Vec<Problem> {
        let places = self.table.places(naming.name);
        let source = if places.is_empty() { "registered with" } else { "declared" };
        let layers = [
            ("default", configured.defaults),
            (source, given),
            ("configured", configured.by_naming(naming)),
            ("set live", live),
        ];
        let layers = layers.into_iter().filter(|(_, settings)| *settings != Settings::new());
        let layers: Vec<_> = layers.collect();
        let problem =
            |error| Problem::Configured { error, layers: layers.clone(), places: places.clone() };
        errors.into_iter().map(problem).collect()
    }

    /// Names that nothing declares, and whose registration the defaults contradict.
    pub(super) fn left_out_defaults(&self) -> Vec<Problem> {
        let configured = self.configured.lock().unpoisoned();
        let all = self.known();
        let undeclared =
            all.iter().filter(|known| self.table.settings(known.breaker.name()).is_none());
        undeclared
            .flat_map(|known| {
                let (naming, given) = (known.naming(), known.given);
                let errors = configured.settings_of(naming, given).validated(naming.name).err();
                self.layered(&configured, (naming, given), Settings::new(), errors)
            })
            .collect()
    }

    /// Names that have settings or a mode in `configured`, and nothing else in the program; and what is wrong with their
    /// settings.
    fn unknown_names(&self, configured: &Configured) -> Vec<Problem> {
        let registered = self.registered_names();
        let mut known: Vec<&'static str> = self.table.names().chain(registered).collect();
        known.sort_unstable();
        known.dedup();
        let mut named: Vec<&String> =
            configured.by_name.keys().chain(configured.modes.keys()).collect();
        named.sort_unstable();
        named.dedup();
        // Which members a group will have, nobody knows.
        let unknown = named
            .into_iter()
            .filter(|name| !known.contains(&name.as_str()) && self.group_of(name).is_none());
        unknown
            .flat_map(|name| {
                let problem = Problem::Unknown {
                    name: name.clone(),
                    nearest: nearest(name, known.iter().copied()),
                    known: known.clone(),
                };
                let errors = configured.by_name(name).out_of_range(name);
                let of = (Naming::alone(name), Settings::new());
                let of_settings = self.layered(configured, of, Settings::new(), errors);
                [problem].into_iter().chain(of_settings)
            })
            .collect()
    }
}
