//! Every change as an event of `tracing`: what a log shows, and at which level.

use std::time::Duration;

use circuit_runtime::test_util::ManualClock;
use circuit_runtime::{CircuitBreaker, Mode, Settings};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().without_time().init();

    let settings = Settings::new().threshold(2).ttl(Duration::from_secs(60));
    let breaker = CircuitBreaker::new("payments", settings)?;
    let clock = ManualClock::new();
    breaker.set_clock(&clock);
    let fail = || breaker.try_acquire().map(|permit| permit.failure(&"connection refused"));

    fail()?; // no event: a call
    fail()?; // ERROR: it opened
    clock.advance(Duration::from_secs(60));
    fail()?; // INFO: half-open; WARN: the probe failed
    clock.advance(Duration::from_secs(60));
    breaker.try_acquire()?.success(); // INFO: half-open, then closed
    breaker.set_mode(Mode::ForcedOpen); // WARN
    breaker.set_mode(Mode::Normal); // INFO
    breaker.set_threshold(5)?; // INFO
    Ok(())
}
