//! What is in force for all breakers, those to come included.

use std::collections::BTreeMap;

use super::known::{Known, Naming};
use crate::breaker::{Exclusion, ListenerEntry, Mode, ModeChange, Settings};

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

    pub(super) fn by_name(&self, name: &str) -> Settings {
        self.by_name.get(name).copied().unwrap_or_default()
    }

    /// The settings given here for a breaker, or for its group.
    pub(super) fn by_naming(&self, naming: Naming<'_>) -> Settings {
        let of_group = naming.group.map(|group| self.by_name(group)).unwrap_or_default();
        self.by_name(naming.name).over(of_group)
    }

    /// The mode given here for a breaker, or for its group.
    pub(super) fn mode_of(&self, naming: Naming<'_>) -> Option<Mode> {
        let of_group = || self.modes.get(naming.group?);
        self.modes.get(naming.name).or_else(of_group).copied()
    }

    /// The settings of a breaker whose declarations or registration give it `given`.
    pub(super) fn settings_of(&self, naming: Naming<'_>, given: Settings) -> Settings {
        self.by_naming(naming).over(given).over(self.defaults)
    }

    /// As [`settings_of`](Self::settings_of), for a name that nothing declares, which nobody can check beforehand: defaults
    /// that contradict what it is registered with are left out, since who registers it knows nothing of them.
    pub(super) fn settings_of_undeclared(&self, naming: Naming<'_>, given: Settings) -> Settings {
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
