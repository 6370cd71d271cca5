//! Settings from several places: what holds where both say something.

use std::fmt;

use super::settings::Settings;
use super::validation::Key;

impl Settings {
    /// These settings, and those `below` where nothing is given here.
    pub(crate) fn over(self, below: Self) -> Self {
        Self {
            threshold: self.threshold.or(below.threshold),
            ttl: self.ttl.or(below.ttl),
            success_threshold: self.success_threshold.or(below.success_threshold),
            probes: self.probes.or(below.probes),
            probe_timeout: self.probe_timeout.or(below.probe_timeout),
            max_ttl: self.max_ttl.or(below.max_ttl),
            on_cancel: self.on_cancel.or(below.on_cancel),
        }
    }

    /// These settings, and those of `other` where nothing is given here; or the first key that both give
    /// differently.
    pub(crate) fn merged(self, other: Self) -> Result<Self, Disagreement> {
        Ok(Self {
            threshold: agree(Key::Threshold, self.threshold, other.threshold)?,
            ttl: agree(Key::Ttl, self.ttl, other.ttl)?,
            success_threshold: agree(
                Key::SuccessThreshold,
                self.success_threshold,
                other.success_threshold,
            )?,
            probes: agree(Key::Probes, self.probes, other.probes)?,
            probe_timeout: agree(Key::ProbeTimeout, self.probe_timeout, other.probe_timeout)?,
            max_ttl: agree(Key::MaxTtl, self.max_ttl, other.max_ttl)?,
            on_cancel: agree(Key::OnCancel, self.on_cancel, other.on_cancel)?,
        })
    }

    /// The first key that `other` gives differently from what is in force here.
    pub(crate) fn differs(self, other: Self) -> Option<Disagreement> {
        let in_force = Self {
            threshold: Some(self.get_threshold()),
            ttl: Some(self.get_ttl()),
            success_threshold: Some(self.get_success_threshold()),
            probes: Some(self.get_probes()),
            probe_timeout: Some(self.get_probe_timeout()),
            max_ttl: Some(self.get_max_ttl()),
            on_cancel: Some(self.get_on_cancel()),
        };
        in_force.merged(other).err()
    }
}

fn agree<T: PartialEq + fmt::Debug>(
    key: Key,
    ours: Option<T>,
    theirs: Option<T>,
) -> Result<Option<T>, Disagreement> {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours != theirs => {
            Err(Disagreement { key, ours: format!("{ours:?}"), theirs: format!("{theirs:?}") })
        }
        (ours, theirs) => Ok(ours.or(theirs)),
    }
}

/// Two declarations that give one key differently.
#[derive(Debug)]
pub(crate) struct Disagreement {
    pub(crate) key: Key,
    pub(crate) ours: String,
    pub(crate) theirs: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_keeps_what_either_gives_and_names_what_they_disagree_on() {
        let one = Settings::new().threshold(3);
        let merged = one.merged(Settings::new().probes(2).threshold(3)).expect("they agree");
        assert_eq!((merged.get_threshold(), merged.get_probes()), (3, 2));
        let Disagreement { key, ours, theirs } =
            one.merged(Settings::new().threshold(4)).expect_err("they differ");
        assert_eq!((key.as_str(), &*ours, &*theirs), ("threshold", "3", "4"));
    }

    #[test]
    fn what_is_given_above_holds_and_what_is_not_shines_through() {
        let over = Settings::new().threshold(3).over(Settings::new().threshold(9).probes(2));
        assert_eq!((over.get_threshold(), over.get_probes()), (3, 2));
    }
}
