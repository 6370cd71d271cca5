//! Functions with the attribute.

use std::num::ParseIntError;

use circuit_runtime::{Mode, Rejected, State, breaker, circuit_breaker};

use crate::calls::{
    FAILURE, REJECTION, SUCCESS, failing, paired, rejected as refused, succeeding, tripping,
};
use crate::scenario::{Scenario, THIS};
use crate::work::{Answer, Fault, work};

type Call = fn(u64) -> Answer;

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        succeeding(&SUCCESS, THIS, "in a row", || in_a_row),
        succeeding(&SUCCESS, THIS, "in a row, not inlined", || not_inlined),
        succeeding(&SUCCESS, THIS, "in a row, `exclude`", || excluding),
        succeeding(&SUCCESS, THIS, "failures of a minute", || window),
        succeeding(&SUCCESS, THIS, "share of a minute", || share),
        succeeding(&SUCCESS, THIS, "in a row, `slow_call`", || slow_call),
        succeeding(&SUCCESS, THIS, "in a row, `Mode::Shadow`", || {
            breaker!("benches/shadow").set_mode(Mode::Shadow);
            shadow
        }),
        failing(&FAILURE, THIS, "in a row", || far),
        failing(&FAILURE, THIS, "in a row, `exclude` (no match)", || far_excluding),
        failing(&FAILURE, THIS, "failures of a minute", || far_window),
        failing(&FAILURE, THIS, "share of a minute", || far_share),
        paired(THIS, "in a row", || near),
        refused(&REJECTION, THIS, "in a row", || {
            breaker!("benches/rejected").open();
            rejected
        }),
        refused(&REJECTION, THIS, "in a row, `Rejected` kept in the error", || {
            breaker!("benches/rejected").open();
            |n| keeping(n).map_err(Kept::fault)
        }),
        refused(&REJECTION, THIS, "in a row, `Mode::ForcedOpen`", || {
            breaker!("benches/forced").set_mode(Mode::ForcedOpen);
            forced
        }),
        tripping(THIS, "in a row", || {
            let close = || {
                let breaker = breaker!("benches/trip");
                debug_assert_eq!(breaker.state(), State::Open);
                breaker.close();
            };
            (trip as Call, close)
        }),
    ]
}

#[circuit_breaker(name = "benches/in-a-row")]
#[inline]
fn in_a_row(n: u64) -> Answer {
    work(n)
}

/// As functions often are: what it returns is then moved once more.
#[circuit_breaker(name = "benches/not-inlined")]
#[inline(never)]
fn not_inlined(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/near")]
#[inline]
fn near(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/excluding", exclude = [ParseIntError])]
#[inline]
fn excluding(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/window", window = 60)]
#[inline]
fn window(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/share", window = 60, failure_rate = 0.5)]
#[inline]
fn share(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/slow-call", slow_call = "1h")]
#[inline]
fn slow_call(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/shadow")]
#[inline]
fn shadow(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/far", threshold = 4_000_000_000)]
#[inline]
fn far(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(
    name = "benches/far-excluding",
    threshold = 4_000_000_000,
    exclude = [ParseIntError, Fault::Rejected],
)]
#[inline]
fn far_excluding(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/far-window", threshold = 4_000_000_000, window = 60)]
#[inline]
fn far_window(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(
    name = "benches/far-share",
    threshold = 4_000_000_000,
    window = 60,
    failure_rate = 1.0
)]
#[inline]
fn far_share(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/rejected", ttl = "30d")]
#[inline]
fn rejected(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/rejected")]
#[inline]
fn keeping(n: u64) -> Result<u64, Kept> {
    Ok(work(n)?)
}

/// An error as the README has it.
#[derive(Debug, thiserror::Error)]
enum Kept {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

impl Kept {
    fn fault(self) -> Fault {
        match self {
            Self::Fault(fault) => fault,
            Self::Rejected(rejected) => rejected.into(),
        }
    }
}

#[circuit_breaker(name = "benches/forced")]
#[inline]
fn forced(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/trip", threshold = 1, ttl = "30d")]
#[inline]
fn trip(n: u64) -> Answer {
    work(n)
}
