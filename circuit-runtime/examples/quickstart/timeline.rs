//! Prints what happens while it happens, and measures what the closing table needs.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::{Duration, Instant};

use circuit_runtime::{CircuitBreaker, Rejected};

use crate::tally::Tally;

#[derive(Debug)]
pub(crate) struct Timeline {
    start: Instant,
    /// By breaker: failed calls that were measured, and how long they took together.
    failures: BTreeMap<String, (u32, Duration)>,
}

/// Calls that have begun, and what their breaker had counted until then.
#[derive(Debug)]
#[must_use = "calls that begin have to end"]
pub(crate) struct Begun {
    breaker: &'static CircuitBreaker,
    call: &'static str,
    at: Instant,
    before: Tally,
}

impl Begun {
    pub(crate) fn now(breaker: &'static CircuitBreaker, call: &'static str) -> Self {
        Self { breaker, call, at: Instant::now(), before: Tally::of(breaker) }
    }
}

/// Says what is about to be broken or mended.
pub(crate) fn heading(text: &str) {
    println!("-- {text}");
}

/// Says why a call was rejected, in the rejection's own words and its trip's.
pub(crate) fn explain(rejected: &Rejected) {
    println!("        | {rejected}");
    if let Some(trip) = rejected.trip() {
        println!("        | because: {trip}");
    }
}

impl Timeline {
    pub(crate) fn start() -> Self {
        println!("{:>6}  {:<15}  {:>7}  {:<13}  outcome", "time", "call", "took", "breaker");
        Self { start: Instant::now(), failures: BTreeMap::new() }
    }

    /// Prints one line for all calls since `begun`. What they count as is the breaker's word, read from its
    /// counters; `last` is what the last of them returned.
    pub(crate) fn end<E: Display>(&mut self, begun: &Begun, last: &Result<String, E>) -> Tally {
        let took = begun.at.elapsed();
        let tally = Tally::of(begun.breaker) - begun.before;
        let outcome = match last {
            Ok(value) if tally == Tally::ok(1) => format!("{tally}: {value}"),
            Err(error) if tally == Tally::failed(1) || tally == Tally::excluded(1) => {
                format!("{tally}: {error}")
            }
            _ => tally.to_string(),
        };
        self.line(begun.breaker, begun.call, took, &outcome);
        if tally == Tally::failed(1) {
            let (failures, total) = self.failures.entry(begun.breaker.name().into()).or_default();
            *failures += 1;
            *total += took;
        }
        tally
    }

    /// Tells that `begun` was a wait for a `ttl` to pass.
    pub(crate) fn waited(&self, begun: &Begun) {
        let outcome = "its ttl has passed: the next call is a probe";
        self.line(begun.breaker, begun.call, begun.at.elapsed(), outcome);
    }

    /// What each breaker has done, and what its rejected calls would have cost.
    pub(crate) fn table(&self, breakers: [&CircuitBreaker; 2]) {
        heading("time saved: rejected calls x mean duration of the failed calls, an estimate");
        println!(
            "{:<8}{:>6}{:>8}{:>10}{:>10}{:>14}{:>12}  state",
            "breaker", "made", "failed", "excluded", "rejected", "mean failure", "time saved"
        );
        for breaker in breakers {
            let tally = Tally::of(breaker);
            let mean = self.mean_failure(breaker.name());
            #[allow(clippy::cast_precision_loss, reason = "a few hundred calls")]
            let saved = mean.mul_f64(tally.rejected as f64);
            println!(
                "{:<8}{:>6}{:>8}{:>10}{:>10}{:>14}{:>12}  {}",
                breaker.name(),
                tally.made(),
                tally.failed,
                tally.excluded,
                tally.rejected,
                short(mean),
                short(saved),
                breaker.state(),
            );
        }
    }

    fn mean_failure(&self, breaker: &str) -> Duration {
        match self.failures.get(breaker) {
            Some(&(failures, total)) => total / failures,
            None => Duration::ZERO,
        }
    }

    fn line(&self, breaker: &CircuitBreaker, call: &str, took: Duration, outcome: &str) {
        let time = self.start.elapsed().as_secs_f64();
        let took = short(took);
        let breaker = format!("{} {}", breaker.name(), breaker.state());
        println!("{time:>6.3}  {call:<15}  {took:>7}  {breaker:<13}  {outcome}");
    }
}

fn short(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    match seconds {
        ..0.000_1 => format!("{:.1} us", seconds * 1e6),
        0.000_1..0.01 => format!("{:.2} ms", seconds * 1e3),
        0.01..1.0 => format!("{:.0} ms", seconds * 1e3),
        _ => format!("{seconds:.1} s"),
    }
}
