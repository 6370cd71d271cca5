//! Settings that cannot be: every range, checked in one place.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;
use std::time::Duration;

use super::on_cancel::OnCancel;
use super::settings::Settings;
use super::settings_error::{Key, SettingsError};
use super::switch::Switch;
use crate::machine::{Limits, Policy, SLOTS, Share, Windowed};

impl Settings {
    /// Checks every range for the breaker called `name`, and the name.
    pub(crate) fn validated(&self, name: &str) -> Result<Limits, SettingsError> {
        let check = Check { breaker: name };
        if let Some(rule) = name_rule_broken_by(name) {
            return Err(check.fault(Key::Name, &name, rule));
        }
        let limits = self.limits(&check)?;
        self.contradicts_nothing(&check)?;
        Ok(limits)
    }

    /// What is out of range, each for itself, whatever else is given: that may come from another place.
    pub(crate) fn out_of_range(&self, name: &str) -> Vec<SettingsError> {
        let check = Check { breaker: name };
        self.one_by_one().iter().filter_map(|one| one.limits(&check).err()).collect()
    }

    /// All that is out of range; or the first contradiction, where nothing is.
    pub(crate) fn faults(&self, name: &str) -> Vec<SettingsError> {
        let mut faults = self.out_of_range(name);
        if faults.is_empty() {
            faults.extend(self.validated(name).err());
        }
        faults
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "every range is below the type it is cast to"
    )]
    fn limits(&self, check: &Check<'_>) -> Result<Limits, SettingsError> {
        let ttl = check.span(Key::Ttl, self.get_ttl(), Self::MAX_TTL)?;
        let max_ttl = check.span(Key::MaxTtl, self.get_max_ttl(), Self::MAX_TTL)?;
        let probe_timeout =
            check.span(Key::ProbeTimeout, self.get_probe_timeout(), Self::MAX_PROBE_TIMEOUT)?;
        let slow_call = match self.get_slow_call() {
            Some(slow_call) => Some(check.span(Key::SlowCall, slow_call, Self::MAX_SLOW_CALL)?),
            None => None,
        };
        let jitter = Share::new(self.get_jitter());
        let jitter = jitter
            .ok_or_else(|| check.fault(Key::Jitter, &self.get_jitter(), "must be from 0 to 1"))?;
        let probes = check.count(Key::Probes, self.get_probes(), Self::MAX_PROBES)?;
        let success_threshold = check.count(
            Key::SuccessThreshold,
            self.get_success_threshold(),
            Self::MAX_SUCCESS_THRESHOLD,
        )?;
        Ok(Limits {
            threshold: check.count(Key::Threshold, self.get_threshold(), u32::MAX)?,
            policy: self.policy(check)?,
            slow_call: slow_call.map(|slow_call| slow_call.as_nanos().div_ceil(1_000) as u64),
            ttl: millis(ttl),
            max_ttl: millis(max_ttl),
            jitter,
            seed: seed_of(check.breaker),
            probe_timeout: millis(probe_timeout),
            probes: probes as u8,
            success_threshold: success_threshold as u8,
            cancel_is_failure: self.get_on_cancel() == OnCancel::Failure,
        })
    }

    fn policy(&self, check: &Check<'_>) -> Result<Policy, SettingsError> {
        let rate = match self.get_failure_rate() {
            None => Share::ZERO,
            Some(rate) => match Share::new(rate) {
                Some(share) if rate > 0.0 => share.max(Share::LEAST),
                _ => {
                    let rule = "must be more than 0 and at most 1";
                    return Err(check.fault(Key::FailureRate, &rate, rule));
                }
            },
        };
        let minimum_calls = check.count(Key::MinimumCalls, self.get_minimum_calls(), u32::MAX)?;
        let Some(window) = self.get_window() else { return Ok(Policy::Consecutive) };
        let window = check.span(Key::Window, window, Self::MAX_WINDOW)?;
        if window < Self::MIN_WINDOW {
            let rule = format!("must be at least {:?}", Self::MIN_WINDOW);
            return Err(check.fault(Key::Window, &window, rule));
        }
        // A day at most.
        let slot = u64::try_from(window.as_nanos()).unwrap_or(u64::MAX) / u64::from(SLOTS);
        Ok(Policy::Windowed(Windowed { slot, rate, minimum_calls }))
    }

    fn contradicts_nothing(&self, check: &Check<'_>) -> Result<(), SettingsError> {
        const NEEDS_WINDOW: &str = "needs a `window` in which calls are counted";
        let (ttl, max_ttl) = (self.get_ttl(), self.get_max_ttl());
        if max_ttl < ttl {
            let rule = format!("must not be shorter than the `ttl` of {ttl:?}");
            return Err(check.fault(Key::MaxTtl, &max_ttl, rule));
        }
        if self.get_window().is_some() {
            return Ok(());
        }
        if let Some(Switch::On(rate)) = self.failure_rate {
            return Err(check.fault(Key::FailureRate, &rate, NEEDS_WINDOW));
        }
        if let Some(Switch::On(calls)) = self.minimum_calls {
            return Err(check.fault(Key::MinimumCalls, &calls, NEEDS_WINDOW));
        }
        Ok(())
    }
}

/// Whole milliseconds, rounded up; of a span that was checked.
fn millis(span: Duration) -> u32 {
    u32::try_from(span.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX)
}

/// What is asked of a value, for the breaker that is to have it.
struct Check<'a> {
    breaker: &'a str,
}

impl Check<'_> {
    fn fault(&self, key: Key, value: &dyn fmt::Debug, rule: impl Into<String>) -> SettingsError {
        let value = format!("{value:?}");
        SettingsError { breaker: self.breaker.into(), key, value, rule: rule.into() }
    }

    fn count(&self, key: Key, value: u32, most: u32) -> Result<u32, SettingsError> {
        match value {
            0 => Err(self.fault(key, &value, "must be at least 1")),
            value if value > most => {
                Err(self.fault(key, &value, format!("must be at most {most}")))
            }
            value => Ok(value),
        }
    }

    fn span(&self, key: Key, value: Duration, most: Duration) -> Result<Duration, SettingsError> {
        match value {
            Duration::ZERO => Err(self.fault(key, &value, "must be longer than zero")),
            value if value > most => {
                Err(self.fault(key, &value, format!("must be at most {most:?}")))
            }
            value => Ok(value),
        }
    }
}

/// The same for one name in one process, and another in every other: processes that share a dependency are not to come
/// back to it together.
fn seed_of(name: &str) -> u64 {
    static PROCESS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    PROCESS.hash_one(name)
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
            (new().jitter(-0.1), "jitter"),
            (new().jitter(1.1), "jitter"),
            (new().jitter(f64::NAN), "jitter"),
            (new().slow_call(Duration::ZERO), "slow_call"),
            (new().slow_call(secs(24 * 60 * 60 + 1)), "slow_call"),
            (new().window(Duration::ZERO), "window"),
            (new().window(Duration::from_micros(999)), "window"),
            (new().window(secs(24 * 60 * 60 + 1)), "window"),
            (new().window(secs(1)).failure_rate(0.0), "failure_rate"),
            (new().window(secs(1)).failure_rate(-0.5), "failure_rate"),
            (new().window(secs(1)).failure_rate(1.000_1), "failure_rate"),
            (new().window(secs(1)).failure_rate(f64::NAN), "failure_rate"),
            (new().failure_rate(0.5), "failure_rate"),
            (new().window(secs(1)).minimum_calls(0), "minimum_calls"),
            (new().minimum_calls(20), "minimum_calls"),
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
            .success_threshold(Settings::MAX_SUCCESS_THRESHOLD)
            .window(Duration::from_secs(86_400))
            .slow_call(Duration::from_secs(86_400));
        let limits = settings.validated("db").expect("in range");
        assert_eq!((limits.probes, limits.success_threshold), (31, 63));
        assert_eq!(limits.ttl, 30 * 24 * 60 * 60 * 1000);
        assert_eq!(limits.probe_timeout, 4 * 60 * 60 * 1000);
        assert_eq!(limits.slow_call, Some(86_400_000_000));
    }

    #[test]
    fn spans_are_counted_in_their_units_rounded_up() {
        let micros = Duration::from_micros;
        let settings = Settings::new()
            .ttl(micros(1_001))
            .probe_timeout(micros(999))
            .slow_call(Duration::from_nanos(1_001))
            .window(Duration::from_millis(1));
        let limits = settings.validated("db").expect("in range");
        assert_eq!((limits.ttl, limits.max_ttl, limits.probe_timeout), (2, 2, 1));
        assert_eq!(limits.slow_call, Some(2));
        let Policy::Windowed(rule) = limits.policy else { panic!("a window was given") };
        assert_eq!((rule.slot, rule.minimum_calls), (10_000, 5));
        assert_eq!(rule.duration(), Duration::from_millis(1));
    }

    #[test]
    fn the_smallest_rate_is_one() {
        let settings =
            Settings::new().window(Duration::from_secs(1)).failure_rate(f64::MIN_POSITIVE);
        assert!(settings.validated("db").expect("in range").counted_calls().is_some());
    }

    #[test]
    fn a_breaker_keeps_its_seed_and_another_has_another() {
        let seed = |name| Settings::new().validated(name).expect("in range").seed;
        assert_eq!(seed("db"), seed("db"));
        assert_ne!(seed("db"), seed("api"));
    }
}
