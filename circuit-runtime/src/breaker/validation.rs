//! Settings that cannot be: every range, checked in one place.

use std::fmt;
use std::time::Duration;

use super::settings::{OnCancel, Settings};
use crate::machine::Limits;

impl Settings {
    /// Checks every range for the breaker called `name`, and the name.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "every range is below the type it is cast to"
    )]
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
            value => Ok(value.as_nanos().div_ceil(1_000_000) as u32),
        };

        if let Some(rule) = name_rule_broken_by(name) {
            return Err(fault(Key::Name, &name, rule.into()));
        }
        let ttl = span(Key::Ttl, self.get_ttl(), Self::MAX_TTL)?;
        let max_ttl = span(Key::MaxTtl, self.get_max_ttl(), Self::MAX_TTL)?;
        if self.get_max_ttl() < self.get_ttl() {
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
    if name.trim().is_empty() {
        Some("must not be empty")
    } else if name.len() > 200 {
        Some("must be at most 200 bytes long")
    } else if name.chars().any(char::is_control) {
        Some("must not contain control characters")
    } else {
        None
    }
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
    /// For a name whose declarations contradict each other.
    pub(crate) fn contradicted(name: &str, why: String) -> Self {
        Self { breaker: name.into(), key: Key::Name, value: format!("{name:?}"), rule: why }
    }

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
}
