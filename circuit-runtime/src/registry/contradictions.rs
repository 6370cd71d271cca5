//! What is wrong with a configuration.

use super::book::Registry;
use super::configured::Configured;
use super::known::{Known, Naming};
use super::problem::Problem;
use crate::breaker::{Held, Settings, SettingsError};
use crate::nearest::nearest;
use crate::poison::Unpoisoned;

impl Registry {
    /// What is wrong with the settings that breakers would have, those that nobody has used yet included.
    pub(super) fn contradictions(
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
        for of in self.to_come(configured) {
            let errors = self.settings_of(configured, of.0, of.1).faults(of.0.name);
            problems.extend(self.layered(configured, of, Settings::new(), errors));
        }
        problems
    }

    /// Those that nobody has used yet, and what they are given: declared ones, and the members of groups that have settings in
    /// `configured`.
    fn to_come<'c>(&self, configured: &'c Configured) -> Vec<(Naming<'c>, Settings)> {
        let unused = self.table.names().filter(|name| self.registered(name).is_none());
        let declared = unused.filter_map(|name| {
            let given = self.table.settings(name)?.ok()?;
            Some((Naming::alone(name), given))
        });
        let members = configured.by_name.keys().filter_map(|name| {
            let (group, key) = self.group_of(name)?;
            let is_there = group.get(key).is_some()
                || self.table.settings(name).is_some()
                || self.registered(name).is_some();
            let naming = Naming { name, group: Some(group.name()) };
            (!is_there).then(|| (naming, group.given(key)))
        });
        declared.chain(members).collect()
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
    pub(super) fn unknown_names(&self, configured: &Configured) -> Vec<Problem> {
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
