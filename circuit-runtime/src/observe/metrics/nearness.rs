//! How near a breaker is to a trip.

use crate::breaker::Snapshot;
use crate::machine::State;

/// The least of what a trip takes, each as a share of its limit; 0 unless it is closed.
pub(super) fn nearness(breaker: &Snapshot) -> f64 {
    if breaker.state != State::Closed {
        return 0.0;
    }
    let (failures, settings) = (f64::from(breaker.failures), &breaker.settings);
    let of_failures = failures / f64::from(settings.get_threshold());
    let Some(calls) = breaker.window_calls else {
        return of_failures.min(1.0);
    };
    #[expect(clippy::cast_precision_loss, reason = "as near as anybody looks")]
    let calls = calls as f64;
    let of_calls = calls / f64::from(settings.get_minimum_calls());
    // Of no calls it is no number, and `min` leaves that out.
    let of_rate = settings.get_failure_rate().map_or(1.0, |rate| failures / calls / rate);
    of_failures.min(of_calls).min(of_rate).min(1.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::nearness;
    use crate::breaker::{CircuitBreaker, Settings};

    /// After so many successes and failures.
    fn near(settings: Settings, successes: u32, failures: u32) -> f64 {
        let breaker = CircuitBreaker::new("near", settings).expect("valid");
        let permit = || breaker.try_acquire().expect("closed");
        (0..successes).for_each(|_| permit().success());
        (0..failures).for_each(|_| permit().failure(&"down"));
        nearness(&breaker.snapshot())
    }

    #[track_caller]
    fn assert_near(near: f64, expected: f64) {
        assert!((near - expected).abs() < 1e-9, "{near} is not {expected}");
    }

    #[test]
    fn what_lacks_most_is_what_counts() {
        let settings = Settings::new().threshold(5).window(Duration::from_secs(60));
        assert_near(near(settings, 0, 0), 0.0);
        assert_near(near(settings, 9, 4), 0.8);
        let settings = settings.failure_rate(0.5);
        assert_near(near(settings, 0, 0), 0.0);
        // More than enough failures, among many calls.
        assert_near(near(settings, 80, 20), 0.4);
        assert_near(near(settings, 4, 4), 0.8);
        let settings = settings.minimum_calls(100);
        assert_near(near(settings, 0, 10), 0.1);
        assert_near(near(settings, 50, 49), 49.0 / 99.0 / 0.5);
    }

    #[test]
    fn it_is_at_most_one_and_nothing_where_the_breaker_is_open() {
        let breaker = CircuitBreaker::new("near", Settings::new().threshold(5)).expect("valid");
        (0..4).for_each(|_| breaker.try_acquire().expect("closed").failure(&"down"));
        breaker.set_threshold(2).expect("valid");
        assert_near(nearness(&breaker.snapshot()), 1.0);
        breaker.open();
        assert_near(nearness(&breaker.snapshot()), 0.0);
    }
}
