//! What a breaker is told: settings, their defaults and their ranges.

use std::fmt;
use std::time::Duration;

use super::on_cancel::OnCancel;
use super::settings_error::Key;
use super::switch::{Number, Switch};

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
    pub(super) window: Option<Switch<Duration>>,
    pub(super) failure_rate: Option<Switch<Number>>,
    pub(super) minimum_calls: Option<Switch<u32>>,
    pub(super) slow_call: Option<Switch<Duration>>,
    pub(super) success_threshold: Option<u32>,
    pub(super) probes: Option<u32>,
    pub(super) probe_timeout: Option<Duration>,
    pub(super) max_ttl: Option<Duration>,
    pub(super) jitter: Option<Number>,
    pub(super) on_cancel: Option<OnCancel>,
}

impl Settings {
    /// Failures that trip a breaker for which nothing else is said.
    pub const DEFAULT_THRESHOLD: u32 = 5;
    /// How long a breaker stays open for which nothing else is said.
    pub const DEFAULT_TTL: Duration = Duration::from_secs(60);
    /// The longest `ttl` and `max_ttl`: 30 days. For longer there is [`Mode::ForcedOpen`](crate::Mode::ForcedOpen).
    pub const MAX_TTL: Duration = Duration::from_secs(30 * 24 * 60 * 60);
    /// The longest `probe_timeout`: 4 hours.
    pub const MAX_PROBE_TIMEOUT: Duration = Duration::from_secs(4 * 60 * 60);
    /// The shortest `window`: a millisecond.
    pub const MIN_WINDOW: Duration = Duration::from_millis(1);
    /// The longest `window`: a day.
    pub const MAX_WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
    /// The longest `slow_call`: a day.
    pub const MAX_SLOW_CALL: Duration = Duration::from_secs(24 * 60 * 60);
    /// The most `probes` at the same time.
    pub const MAX_PROBES: u32 = 31;
    /// The highest `success_threshold`.
    pub const MAX_SUCCESS_THRESHOLD: u32 = 63;

    /// Nothing given: every setting has its default.
    pub const fn new() -> Self {
        Self {
            threshold: None,
            ttl: None,
            window: None,
            failure_rate: None,
            minimum_calls: None,
            slow_call: None,
            success_threshold: None,
            probes: None,
            probe_timeout: None,
            max_ttl: None,
            jitter: None,
            on_cancel: None,
        }
    }

    /// Failures that trip the breaker: in a row, or within the [`window`](Self::window) if there is one; at least 1.
    /// Default 5.
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

    /// Counts failures in a sliding window of this length, instead of in a row: the `threshold`-th failure within it
    /// trips. From [`MIN_WINDOW`](Self::MIN_WINDOW) to [`MAX_WINDOW`](Self::MAX_WINDOW). Default: none.
    ///
    /// The window has 100 slots: a call is in it for at least 99 % of its length, and never for longer. It begins empty
    /// each time the breaker closes. A breaker with a window takes 5 KiB more, however many calls are in it; a failure
    /// takes a lock, and a success costs nothing unless calls are counted too, by the two settings below.
    pub const fn window(mut self, length: Duration) -> Self {
        self.window = Some(Switch::On(length));
        self
    }

    /// Counts failures in a row, whatever window is given elsewhere; without a window there is no `failure_rate` and are
    /// no `minimum_calls` either, so those are taken back as well. For a running breaker, or one that was declared with
    /// a window; declarations need not say so.
    pub const fn without_window(mut self) -> Self {
        self.window = Some(Switch::Off);
        self.failure_rate = Some(Switch::Off);
        self.minimum_calls = Some(Switch::Off);
        self
    }

    /// Trips only if at least this share of the calls in the [`window`](Self::window) failed: more than 0, at most 1.
    /// Default: any.
    ///
    /// Successes, excluded errors and failures are the calls; what is ignored or cancelled is none. The rule is looked at
    /// whenever a call fails, and compares in integers. Every call reads the clock for it.
    ///
    /// At least 5 failures that are at least 10 % of all calls within 2 minutes, then nothing for 5 minutes:
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use circuit_runtime::{CircuitBreaker, Settings};
    /// let settings = Settings::new()
    ///     .threshold(5)
    ///     .failure_rate(0.1)
    ///     .window(Duration::from_secs(120))
    ///     .ttl(Duration::from_secs(300));
    /// # CircuitBreaker::new("db", settings)?;
    /// # Ok::<(), circuit_runtime::SettingsError>(())
    /// ```
    pub const fn failure_rate(mut self, share: f64) -> Self {
        self.failure_rate = Some(Switch::On(Number::new(share)));
        self
    }

    /// Trips whatever the share of failures is, though a [`failure_rate`](Self::failure_rate) is given elsewhere.
    pub const fn without_failure_rate(mut self) -> Self {
        self.failure_rate = Some(Switch::Off);
        self
    }

    /// Trips only if there were at least so many calls in the [`window`](Self::window), counted as for
    /// [`failure_rate`](Self::failure_rate); at least 1. Default: the `threshold`.
    pub const fn minimum_calls(mut self, calls: u32) -> Self {
        self.minimum_calls = Some(Switch::On(calls));
        self
    }

    /// A call that takes longer is a failure, whatever it returns, unless that is ignored; what it returns is returned
    /// all the same. More than zero, at most [`MAX_SLOW_CALL`](Self::MAX_SLOW_CALL), counted in microseconds, rounded up.
    /// Default: none.
    ///
    /// A call that is cancelled after this time is a failure too: so a timeout put around a guarded call trips on a
    /// dependency that hangs. Of an iterator or a stream it is the sum, over all items, of the time from asking for one
    /// until it is there. Every call reads the clock twice for it, and every item of an iterator or a stream.
    pub const fn slow_call(mut self, limit: Duration) -> Self {
        self.slow_call = Some(Switch::On(limit));
        self
    }

    /// No call is too slow, though a [`slow_call`](Self::slow_call) is given elsewhere.
    pub const fn without_slow_call(mut self) -> Self {
        self.slow_call = Some(Switch::Off);
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

    /// Each failed probe doubles the time open, up to this, and from the 15th in a row on it is this; at least the `ttl`.
    /// Default: the `ttl`, so that nothing grows.
    pub const fn max_ttl(mut self, max_ttl: Duration) -> Self {
        self.max_ttl = Some(max_ttl);
        self
    }

    /// A random share, up to this, is added to each time open, so that the processes that share a dependency do not all
    /// come back at once; 0 to 1. It comes on top of `max_ttl`. Default 0.
    pub const fn jitter(mut self, share: f64) -> Self {
        self.jitter = Some(Number::new(share));
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

    /// The `window`, if one was given.
    pub fn get_window(&self) -> Option<Duration> {
        self.window.and_then(Switch::on)
    }

    /// The `failure_rate`, if one was given.
    pub fn get_failure_rate(&self) -> Option<f64> {
        self.failure_rate.and_then(Switch::on).map(Number::get)
    }

    /// The `minimum_calls`, or their default.
    pub fn get_minimum_calls(&self) -> u32 {
        self.minimum_calls.and_then(Switch::on).unwrap_or_else(|| self.get_threshold())
    }

    /// The `slow_call`, if one was given.
    pub fn get_slow_call(&self) -> Option<Duration> {
        self.slow_call.and_then(Switch::on)
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

    /// The `jitter`, or its default.
    pub fn get_jitter(&self) -> f64 {
        self.jitter.map_or(0.0, Number::get)
    }

    /// What a dropped call counts as.
    pub fn get_on_cancel(&self) -> OnCancel {
        self.on_cancel.unwrap_or_default()
    }
}

impl Settings {
    /// What is given for each key.
    pub(super) fn texts(&self) -> [(Key, Option<String>); 12] {
        fn text<T: fmt::Debug>(given: Option<T>) -> Option<String> {
            given.map(|given| format!("{given:?}"))
        }
        [
            (Key::Threshold, text(self.threshold)),
            (Key::Ttl, text(self.ttl)),
            (Key::Window, text(self.window)),
            (Key::FailureRate, text(self.failure_rate)),
            (Key::MinimumCalls, text(self.minimum_calls)),
            (Key::SlowCall, text(self.slow_call)),
            (Key::SuccessThreshold, text(self.success_threshold)),
            (Key::Probes, text(self.probes)),
            (Key::ProbeTimeout, text(self.probe_timeout)),
            (Key::MaxTtl, text(self.max_ttl)),
            (Key::Jitter, text(self.jitter)),
            (Key::OnCancel, self.on_cancel.map(|on_cancel| on_cancel.as_str().to_owned())),
        ]
    }
}

/// What is given, by the words of the attribute: `threshold = 3, ttl = 30s`; nothing given is `defaults`.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = self.texts().into_iter().filter_map(|(key, given)| Some((key, given?)));
        let given: Vec<String> = given.map(|(key, given)| format!("{key} = {given}")).collect();
        if given.is_empty() { f.write_str("defaults") } else { f.write_str(&given.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_print_their_shares_as_numbers() {
        let printed = format!("{:?}", Settings::new().failure_rate(0.25).jitter(0.5));
        assert!(printed.contains("failure_rate: Some(0.25)"), "{printed}");
        assert!(printed.contains("jitter: Some(0.5)"), "{printed}");
    }

    #[test]
    fn a_ttl_beyond_the_longest_probe_timeout_leaves_that_at_its_longest() {
        let settings = Settings::new().ttl(Settings::MAX_TTL);
        assert_eq!(settings.get_probe_timeout(), Settings::MAX_PROBE_TIMEOUT);
    }
}
