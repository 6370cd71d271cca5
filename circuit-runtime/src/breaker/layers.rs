//! Settings from several places: what holds where both say something.

use std::fmt;

use super::settings::Settings;
use super::settings_error::Key;
use super::switch::{Number, Switch};

impl Settings {
    /// These settings, and those `below` where nothing is given here.
    pub(crate) fn over(self, below: Self) -> Self {
        Self {
            threshold: self.threshold.or(below.threshold),
            ttl: self.ttl.or(below.ttl),
            window: self.window.or(below.window),
            failure_rate: self.failure_rate.or(below.failure_rate),
            minimum_calls: self.minimum_calls.or(below.minimum_calls),
            slow_call: self.slow_call.or(below.slow_call),
            success_threshold: self.success_threshold.or(below.success_threshold),
            probes: self.probes.or(below.probes),
            probe_timeout: self.probe_timeout.or(below.probe_timeout),
            max_ttl: self.max_ttl.or(below.max_ttl),
            jitter: self.jitter.or(below.jitter),
            on_cancel: self.on_cancel.or(below.on_cancel),
        }
    }

    /// These settings, and those of `other` where nothing is given here; or the first key that both give
    /// differently.
    pub(crate) fn merged(self, other: Self) -> Result<Self, Disagreement> {
        Ok(Self {
            threshold: agree(Key::Threshold, self.threshold, other.threshold)?,
            ttl: agree(Key::Ttl, self.ttl, other.ttl)?,
            window: agree(Key::Window, self.window, other.window)?,
            failure_rate: agree(Key::FailureRate, self.failure_rate, other.failure_rate)?,
            minimum_calls: agree(Key::MinimumCalls, self.minimum_calls, other.minimum_calls)?,
            slow_call: agree(Key::SlowCall, self.slow_call, other.slow_call)?,
            success_threshold: agree(
                Key::SuccessThreshold,
                self.success_threshold,
                other.success_threshold,
            )?,
            probes: agree(Key::Probes, self.probes, other.probes)?,
            probe_timeout: agree(Key::ProbeTimeout, self.probe_timeout, other.probe_timeout)?,
            max_ttl: agree(Key::MaxTtl, self.max_ttl, other.max_ttl)?,
            jitter: agree(Key::Jitter, self.jitter, other.jitter)?,
            on_cancel: agree(Key::OnCancel, self.on_cancel, other.on_cancel)?,
        })
    }

    /// Each setting by itself.
    pub(super) fn one_by_one(&self) -> [Self; 12] {
        const NONE: Settings = Settings::new();
        [
            Self { threshold: self.threshold, ..NONE },
            Self { ttl: self.ttl, ..NONE },
            Self { window: self.window, ..NONE },
            Self { failure_rate: self.failure_rate, ..NONE },
            Self { minimum_calls: self.minimum_calls, ..NONE },
            Self { slow_call: self.slow_call, ..NONE },
            Self { success_threshold: self.success_threshold, ..NONE },
            Self { probes: self.probes, ..NONE },
            Self { probe_timeout: self.probe_timeout, ..NONE },
            Self { max_ttl: self.max_ttl, ..NONE },
            Self { jitter: self.jitter, ..NONE },
            Self { on_cancel: self.on_cancel, ..NONE },
        ]
    }

    /// The first key that `other` gives differently from what is in force here.
    pub(crate) fn differs(self, other: Self) -> Option<Disagreement> {
        // To ask for no minimum, or for the default one, is to ask for what there is without asking.
        let by_default = [Switch::Off, Switch::On(self.get_minimum_calls())];
        let minimum_calls = other.minimum_calls.filter(|calls| !by_default.contains(calls));
        self.with_defaults().merged(Self { minimum_calls, ..other }).err()
    }

    /// These settings with the default of each that is not given.
    ///
    /// ```
    /// # use circuit_runtime::Settings;
    /// assert_eq!(Settings::new().with_defaults().probes(1), Settings::new().with_defaults());
    /// ```
    pub fn with_defaults(self) -> Self {
        let minimum_calls = match self.get_window() {
            Some(_) => Switch::On(self.get_minimum_calls()),
            None => Switch::Off,
        };
        Self {
            threshold: Some(self.get_threshold()),
            ttl: Some(self.get_ttl()),
            window: self.window.or(Some(Switch::Off)),
            failure_rate: self.failure_rate.or(Some(Switch::Off)),
            minimum_calls: Some(minimum_calls),
            slow_call: self.slow_call.or(Some(Switch::Off)),
            success_threshold: Some(self.get_success_threshold()),
            probes: Some(self.get_probes()),
            probe_timeout: Some(self.get_probe_timeout()),
            max_ttl: Some(self.get_max_ttl()),
            jitter: Some(Number::new(self.get_jitter())),
            on_cancel: Some(self.get_on_cancel()),
        }
    }
}

/// What a breaker was made or configured with, and what it was given since, while it ran.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layers {
    pub(super) base: Settings,
    pub(super) live: Settings,
}

impl Layers {
    pub(super) fn of(base: Settings) -> Self {
        Self { base, live: Settings::new() }
    }

    pub(super) fn in_force(&self) -> Settings {
        self.live.over(self.base)
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
    fn a_rule_that_is_not_in_force_differs_from_one_that_is_given() {
        let secs = std::time::Duration::from_secs;
        let plain = Settings::new();
        for (given, key) in [
            (plain.window(secs(1)), "window"),
            (plain.failure_rate(0.5), "failure_rate"),
            (plain.slow_call(secs(1)), "slow_call"),
            (plain.jitter(0.5), "jitter"),
            (plain.minimum_calls(9), "minimum_calls"),
        ] {
            assert_eq!(plain.differs(given).expect("they differ").key.as_str(), key);
            assert!(given.differs(given).is_none() && given.differs(plain).is_none());
        }
        assert!(plain.differs(plain.jitter(0.0).minimum_calls(5)).is_none(), "by default");
    }

    #[test]
    fn what_is_given_above_holds_and_what_is_not_shines_through() {
        let over = Settings::new().threshold(3).over(Settings::new().threshold(9).probes(2));
        assert_eq!((over.get_threshold(), over.get_probes()), (3, 2));
    }
}
