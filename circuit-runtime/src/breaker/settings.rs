//! What a breaker is told: settings, their defaults and their ranges.

use std::fmt;
use std::time::Duration;

use crate::machine::Limits;

/// What a call counts as whose permit was dropped before an outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnCancel {
    /// It is no evidence either way.
    #[default]
    Ignore,
    /// It is a failure: for dependencies that are cancelled only when they hang.
    Failure,
}

/// The settings of one breaker, under the same words as the attribute's keys.
///
/// What is not given keeps its default; what is given twice must agree (see
/// [`Registry::verify`](crate::Registry::verify)).
///
/// ```
/// use std::time::Duration;
/// use circuit_runtime::{CircuitBreaker, Settings};
///
/// const CAREFUL: Settings = Settings::new().threshold(3).ttl(Duration::from_secs(30));
///
/// let breaker = CircuitBreaker::new("db", CAREFUL.success_threshold(2))?;
/// assert_eq!(breaker.settings().get_threshold(), 3);
/// # Ok::<(), circuit_runtime::SettingsError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    threshold: Option<u32>,
    ttl: Option<Duration>,
    success_threshold: Option<u32>,
    probes: Option<u32>,
    probe_timeout: Option<Duration>,
    max_ttl: Option<Duration>,
    on_cancel: Option<OnCancel>,
}

impl Settings {
    /// Failures in a row that trip a breaker for which nothing else is said.
    pub const DEFAULT_THRESHOLD: u32 = 5;
    /// How long a breaker stays open for which nothing else is said.
    pub const DEFAULT_TTL: Duration = Duration::from_secs(60);
    /// The longest `ttl` and `max_ttl`: 30 days. For longer there is [`Mode::ForcedOpen`](crate::Mode::ForcedOpen).
    pub const MAX_TTL: Duration = Duration::from_secs(30 * 24 * 60 * 60);
    /// The longest `probe_timeout`: 4 hours.
    pub const MAX_PROBE_TIMEOUT: Duration = Duration::from_secs(4 * 60 * 60);
    /// The most `probes` at the same time.
    pub const MAX_PROBES: u32 = 31;
    /// The highest `success_threshold`.
    pub const MAX_SUCCESS_THRESHOLD: u32 = 63;

    /// Nothing given: every setting has its default.
    pub const fn new() -> Self {
        Self {
            threshold: None,
            ttl: None,
            success_threshold: None,
            probes: None,
            probe_timeout: None,
            max_ttl: None,
            on_cancel: None,
        }
    }

    /// Failures in a row that trip the breaker; at least 1. Default 5.
    pub const fn threshold(mut self, failures: u32) -> Self {
        self.threshold = Some(failures);
        self
    }

    /// How long the breaker stays open; more than zero, at most [`MAX_TTL`](Self::MAX_TTL). Default 60 s.
    /// Counted in milliseconds, rounded up.
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// Successful probes in a row that close the breaker; 1 to 63. Default 1.
    pub const fn success_threshold(mut self, successes: u32) -> Self {
        self.success_threshold = Some(successes);
        self
    }

    /// Probes at the same time while half-open; 1 to 31. Default 1.
    pub const fn probes(mut self, probes: u32) -> Self {
        self.probes = Some(probes);
        self
    }

    /// When every place of a probe is taken and no new one was let in for this long, the probes have lost their
    /// places. More than zero, at most [`MAX_PROBE_TIMEOUT`](Self::MAX_PROBE_TIMEOUT). Default: the `ttl`.
    pub const fn probe_timeout(mut self, timeout: Duration) -> Self {
        self.probe_timeout = Some(timeout);
        self
    }

    /// Each failed probe doubles the time open, up to this; at least the `ttl`. Default: the `ttl`, so that
    /// nothing grows.
    pub const fn max_ttl(mut self, max_ttl: Duration) -> Self {
        self.max_ttl = Some(max_ttl);
        self
    }

    /// What a dropped call counts as. Default: nothing.
    pub const fn on_cancel(mut self, on_cancel: OnCancel) -> Self {
        self.on_cancel = Some(on_cancel);
        self
    }

    /// The `threshold`, or its default.
    pub fn get_threshold(&self) -> u32 {
        self.threshold.unwrap_or(Self::DEFAULT_THRESHOLD)
    }

    /// The `ttl`, or its default.
    pub fn get_ttl(&self) -> Duration {
        self.ttl.unwrap_or(Self::DEFAULT_TTL)
    }

    /// The `success_threshold`, or its default.
    pub fn get_success_threshold(&self) -> u32 {
        self.success_threshold.unwrap_or(1)
    }

    /// The number of `probes`, or its default.
    pub fn get_probes(&self) -> u32 {
        self.probes.unwrap_or(1)
    }

    /// The `probe_timeout`, or its default.
    pub fn get_probe_timeout(&self) -> Duration {
        self.probe_timeout.unwrap_or_else(|| self.get_ttl().min(Self::MAX_PROBE_TIMEOUT))
    }

    /// The `max_ttl`, or its default.
    pub fn get_max_ttl(&self) -> Duration {
        self.max_ttl.unwrap_or_else(|| self.get_ttl())
    }

    /// What a dropped call counts as.
    pub fn get_on_cancel(&self) -> OnCancel {
        self.on_cancel.unwrap_or_default()
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

    /// Checks every range for the breaker called `name`, and the name.
    pub(crate) fn validated(&self, name: &str) -> Result<Limits, SettingsError> {
        let fault = |key: Key, value: &dyn fmt::Debug, rule: String| SettingsError {
            breaker: name.into(),
            key,
            value: format!("{value:?}"),
            rule,
        };
        let count = |key: Key, value: u32, most: u32| match value {
            0 => Err(fault(key, &value, "must be at least 1".into())),
            value if value > most => Err(fault(key, &value, format!("must be at most {most}"))),
            value => Ok(value),
        };
        let span = |key: Key, value: Duration, most: Duration| match value {
            Duration::ZERO => Err(fault(key, &value, "must be longer than zero".into())),
            value if value > most => Err(fault(key, &value, format!("must be at most {most:?}"))),
            // At most 30 days, which is less than 2^32 milliseconds.
            value => Ok(value.as_nanos().div_ceil(1_000_000) as u32),
        };

        if let Some(rule) = name_rule_broken_by(name) {
            return Err(fault(Key::Name, &name, rule.into()));
        }
        let ttl = span(Key::Ttl, self.get_ttl(), Self::MAX_TTL)?;
        let max_ttl = span(Key::MaxTtl, self.get_max_ttl(), Self::MAX_TTL)?;
        if max_ttl < ttl {
            let rule = format!("must not be shorter than the `ttl` of {:?}", self.get_ttl());
            return Err(fault(Key::MaxTtl, &self.get_max_ttl(), rule));
        }
        let probe_timeout =
            span(Key::ProbeTimeout, self.get_probe_timeout(), Self::MAX_PROBE_TIMEOUT)?;
        let probes = count(Key::Probes, self.get_probes(), Self::MAX_PROBES)?;
        let success_threshold = count(
            Key::SuccessThreshold,
            self.get_success_threshold(),
            Self::MAX_SUCCESS_THRESHOLD,
        )?;
        Ok(Limits {
            threshold: count(Key::Threshold, self.get_threshold(), u32::MAX)?,
            ttl,
            max_ttl,
            probe_timeout: u64::from(probe_timeout),
            probes: probes as u8,
            success_threshold: success_threshold as u8,
            cancel_is_failure: self.get_on_cancel() == OnCancel::Failure,
        })
    }
}

/// Names go into logs, metrics and shared storage: none of these takes an endless or unprintable one.
fn name_rule_broken_by(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("must not be empty")
    } else if name.len() > 200 {
        Some("must be at most 200 bytes long")
    } else if name.chars().any(char::is_control) {
        Some("must not contain control characters")
    } else {
        None
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

/// A setting by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Name,
    Threshold,
    Ttl,
    SuccessThreshold,
    Probes,
    ProbeTimeout,
    MaxTtl,
    OnCancel,
}

impl Key {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Threshold => "threshold",
            Self::Ttl => "ttl",
            Self::SuccessThreshold => "success_threshold",
            Self::Probes => "probes",
            Self::ProbeTimeout => "probe_timeout",
            Self::MaxTtl => "max_ttl",
            Self::OnCancel => "on_cancel",
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A setting that is out of range, or that contradicts another.
#[derive(Clone, Debug, thiserror::Error)]
#[error("circuit breaker {breaker:?}: `{key}` = {value}: {rule}")]
pub struct SettingsError {
    breaker: Box<str>,
    key: Key,
    value: String,
    rule: String,
}

impl SettingsError {
    /// The breaker that was to have the setting.
    pub fn breaker(&self) -> &str {
        &self.breaker
    }

    /// The setting at fault, `"name"` included.
    pub fn key(&self) -> &'static str {
        self.key.as_str()
    }

    /// The value that was given.
    pub fn value(&self) -> &str {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(settings: Settings) -> String {
        settings.validated("db").expect_err("out of range").to_string()
    }

    #[test]
    fn a_fault_names_breaker_key_and_value() {
        let error = Settings::new().threshold(0).validated("db").expect_err("zero");
        assert_eq!((error.breaker(), error.key(), error.value()), ("db", "threshold", "0"));
        assert_eq!(
            error.to_string(),
            r#"circuit breaker "db": `threshold` = 0: must be at least 1"#
        );
    }

    #[test]
    fn every_range_is_checked() {
        let new = Settings::new;
        let secs = Duration::from_secs;
        for (settings, key) in [
            (new().ttl(Duration::ZERO), "ttl"),
            (new().ttl(Settings::MAX_TTL + secs(1)), "ttl"),
            (new().ttl(Duration::MAX), "ttl"),
            (new().probes(0), "probes"),
            (new().probes(32), "probes"),
            (new().success_threshold(0), "success_threshold"),
            (new().success_threshold(64), "success_threshold"),
            (new().probe_timeout(Duration::ZERO), "probe_timeout"),
            (new().probe_timeout(secs(4 * 60 * 60 + 1)), "probe_timeout"),
            (new().ttl(secs(60)).max_ttl(secs(59)), "max_ttl"),
        ] {
            assert!(fault(settings).contains(&format!("`{key}` = ")), "{}", fault(settings));
        }
        for name in ["", "a\nb", &"x".repeat(201)] {
            assert_eq!(new().validated(name).expect_err("bad name").key(), "name");
        }
    }

    #[test]
    fn the_longest_settings_fit() {
        let settings = Settings::new()
            .ttl(Settings::MAX_TTL)
            .probe_timeout(Settings::MAX_PROBE_TIMEOUT)
            .probes(Settings::MAX_PROBES)
            .success_threshold(Settings::MAX_SUCCESS_THRESHOLD);
        let limits = settings.validated("db").expect("in range");
        assert_eq!((limits.probes, limits.success_threshold), (31, 63));
        assert_eq!(limits.ttl, 30 * 24 * 60 * 60 * 1000);
        assert_eq!(limits.probe_timeout, 4 * 60 * 60 * 1000);
    }

    #[test]
    fn a_ttl_beyond_the_longest_probe_timeout_leaves_that_at_its_longest() {
        let settings = Settings::new().ttl(Settings::MAX_TTL);
        assert_eq!(settings.get_probe_timeout(), Settings::MAX_PROBE_TIMEOUT);
    }

    #[test]
    fn merging_keeps_what_either_gives_and_names_what_they_disagree_on() {
        let one = Settings::new().threshold(3);
        let merged = one.merged(Settings::new().probes(2).threshold(3)).expect("they agree");
        assert_eq!((merged.get_threshold(), merged.get_probes()), (3, 2));
        let Disagreement { key, ours, theirs } =
            one.merged(Settings::new().threshold(4)).expect_err("they differ");
        assert_eq!((key.as_str(), &*ours, &*theirs), ("threshold", "3", "4"));
    }
}
