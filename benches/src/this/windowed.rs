//! Sliding time windows, however many calls they hold.

use circuit_runtime::{CircuitBreaker, Settings};

use super::by_hand::call;
use crate::scenario::{Scenario, THIS};
use crate::windows;
use crate::work::Answer;

pub(super) fn scenarios() -> Vec<Scenario> {
    let failures = Settings::new().threshold(4_000_000_000).window(windows::LENGTH);
    let share = failures.failure_rate(1.0);
    let mut all = windows::succeeding(THIS, "share", move |_| calling(share));
    all.extend(windows::failing(THIS, "share, failed calls", move |_| calling(share)));
    all.extend(windows::failing(THIS, "failures, failed calls", move |_| calling(failures)));
    all
}

/// Breakers without a name in the program, since many are made.
fn calling(settings: Settings) -> impl Fn(u64) -> Answer {
    let breaker = CircuitBreaker::new("window", settings).expect("settings in range");
    move |n| call(&breaker, n)
}
