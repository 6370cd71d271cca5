//! A breaker that shares its state: what calls pay for that.

use std::sync::OnceLock;

use circuit_runtime::storage::{Fleet, MemoryStorage};
use circuit_runtime::{CircuitBreaker, breaker, circuit_breaker, configure};

use crate::calls::{FAILURE, REJECTION, SUCCESS, failing, rejected as refused, succeeding};
use crate::scenario::{Scenario, THIS};
use crate::work::{Answer, work};

const SHARED: &str = "in a row, shared";

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        succeeding(&SUCCESS, THIS, SHARED, || {
            join(breaker!("benches/shared"));
            success
        }),
        failing(&FAILURE, THIS, SHARED, || {
            join(breaker!("benches/shared-far"));
            far
        }),
        refused(&REJECTION, THIS, SHARED, || {
            join(breaker!("benches/shared-rejected"));
            breaker!("benches/shared-rejected").open();
            rejected
        }),
    ]
}

/// Which storage it is makes no difference to a call: none waits for it.
fn join(breaker: &CircuitBreaker) {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let names = ["benches/shared", "benches/shared-far", "benches/shared-rejected"];
        let fleet = Fleet::over(MemoryStorage::new()).only(names);
        configure().fleet(fleet).install().expect("nothing is wrong with it");
    });
    breaker.sync().wait().expect("it is in this process");
}

#[circuit_breaker(name = "benches/shared")]
#[inline]
fn success(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/shared-far", threshold = 4_000_000_000)]
#[inline]
fn far(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/shared-rejected", ttl = "30d")]
#[inline]
fn rejected(n: u64) -> Answer {
    work(n)
}
