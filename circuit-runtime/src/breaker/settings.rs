//! What a breaker is told: settings, their defaults and their ranges.

use std::time::Duration;

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
    pub(super) threshold: Option<u32>,
    pub(super) ttl: Option<Duration>,
    pub(super) success_threshold: Option<u32>,
    pub(super) probes: Option<u32>,
    pub(super) probe_timeout: Option<Duration>,
    pub(super) max_ttl: Option<Duration>,
    pub(super) on_cancel: Option<OnCancel>,
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
    /// places; longer than a healthy call can take, or no probe will ever be heard. More than zero, at most
    /// [`MAX_PROBE_TIMEOUT`](Self::MAX_PROBE_TIMEOUT). Default: the `ttl`.
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ttl_beyond_the_longest_probe_timeout_leaves_that_at_its_longest() {
        let settings = Settings::new().ttl(Settings::MAX_TTL);
        assert_eq!(settings.get_probe_timeout(), Settings::MAX_PROBE_TIMEOUT);
    }
}
