//! How a group comes into the registry.

use super::book::Registry;
use super::group::{Group, member_name};
use super::group_settings::GroupSettings;
use super::problem::Problem;
use crate::breaker::SettingsError;
use crate::poison::Unpoisoned;

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
    /// As for [`CircuitBreaker::new`](crate::CircuitBreaker::new), for the settings of each member; if the name is a breaker's that is no group; and if that
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

    /// Makes those that are configured; returns why not, where they cannot be made.
    pub(super) fn make_groups(&'static self, groups: Vec<(String, GroupSettings)>) -> Vec<Problem> {
        let made = groups.into_iter().map(|(name, settings)| self.try_group(&name, settings));
        made.filter_map(|made| Some(Problem::Group { error: made.err()? })).collect()
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
        let group: &'static Group = Box::leak(Box::new(Group::new(settings, overflow, self)));
        self.groups.write().unpoisoned().insert(overflow.name(), group);
        Ok((group, true))
    }

    /// All groups, by name.
    pub fn groups(&self) -> Vec<&'static Group> {
        self.groups.read().unpoisoned().values().copied().collect()
    }
}
