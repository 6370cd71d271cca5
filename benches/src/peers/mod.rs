//! The others, each through its own front door. Where a peer asks for it, its error is turned into the service's, as a
//! service would.

mod breaker_machines;
mod circuitbreaker_rs;
mod failsafe;
mod nobreak;
mod recloser;
mod reliability_toolkit;
mod seatbelt;
mod tower_resilience;

use std::time::Duration;

use crate::scenario::Scenario;
use crate::threads::Contender;

/// So long that no breaker closes by itself while it is measured.
pub(crate) const FOR_EVER: Duration = Duration::from_hours(30 * 24);

/// Never reached.
const FAR: u32 = 4_000_000_000;

/// The packages whose versions belong to the figures.
pub(crate) const PACKAGES: [&str; 8] = [
    "recloser",
    "failsafe",
    "nobreak",
    "circuitbreaker-rs",
    "breaker-machines",
    "reliability-toolkit",
    "seatbelt",
    "tower-resilience-circuitbreaker",
];

pub(crate) fn scenarios() -> Vec<Scenario> {
    [
        recloser::scenarios(),
        nobreak::scenarios(),
        failsafe::scenarios(),
        circuitbreaker_rs::scenarios(),
        breaker_machines::scenarios(),
        reliability_toolkit::scenarios(),
        seatbelt::scenarios(),
        tower_resilience::scenarios(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(crate) fn contenders() -> Vec<Contender> {
    vec![
        recloser::contender(),
        nobreak::contender(),
        failsafe::contender(),
        circuitbreaker_rs::contender(),
        reliability_toolkit::contender(),
        seatbelt::contender(),
        tower_resilience::contender(),
    ]
}
