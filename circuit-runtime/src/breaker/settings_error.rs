//! What is wrong with a setting.

use std::fmt;

/// A setting by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Name,
    Threshold,
    Ttl,
    Window,
    FailureRate,
    MinimumCalls,
    SlowCall,
    SuccessThreshold,
    Probes,
    ProbeTimeout,
    MaxTtl,
    Jitter,
    OnCancel,
}

impl Key {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Threshold => "threshold",
            Self::Ttl => "ttl",
            Self::Window => "window",
            Self::FailureRate => "failure_rate",
            Self::MinimumCalls => "minimum_calls",
            Self::SlowCall => "slow_call",
            Self::SuccessThreshold => "success_threshold",
            Self::Probes => "probes",
            Self::ProbeTimeout => "probe_timeout",
            Self::MaxTtl => "max_ttl",
            Self::Jitter => "jitter",
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
///
/// ```
/// use circuit_runtime::{CircuitBreaker, Settings};
///
/// let error = CircuitBreaker::new("db", Settings::new().threshold(0)).unwrap_err();
/// assert_eq!((error.breaker(), error.key(), error.value()), ("db", "threshold", "0"));
/// assert_eq!(error.to_string(), r#"circuit breaker "db": `threshold` = 0: must be at least 1"#);
/// ```
///
/// `Debug` prints the same as `Display`, since that is what `unwrap` and a failing `main` show.
#[derive(Clone, thiserror::Error)]
#[error("circuit breaker {breaker:?}: {}", self.fault())]
pub struct SettingsError {
    pub(super) breaker: Box<str>,
    pub(super) key: Key,
    pub(super) value: String,
    pub(super) rule: String,
}

impl fmt::Debug for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl SettingsError {
    /// For a name whose declarations contradict each other.
    pub(crate) fn contradicted(name: &str, why: String) -> Self {
        Self { breaker: name.into(), key: Key::Name, value: format!("{name:?}"), rule: why }
    }

    /// What is wrong, whichever breaker was to have the setting.
    pub(crate) fn fault(&self) -> String {
        let Self { key, value, rule, .. } = self;
        format!("`{key}` = {value}: {rule}")
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
