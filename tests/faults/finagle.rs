//! Finagle's failure accrual (`4feb34c`), Scala; read, not run.

use circuit_runtime::{Permit, State};

use crate::support::{FRAGILE, TTL, fail, let_in, owned, permit, rejected};

/// A request carries no token: of those in flight while one probes, the first to complete decides.
#[test]
fn of_calls_in_flight_the_probe_decides_and_not_the_first_to_end() {
    let ends: [fn(Permit<'_>); 2] = [|late| late.success(), |late| late.failure(&"late")];
    for end in ends {
        let (breaker, clock) = owned(FRAGILE);
        let late = let_in(&breaker, 3);
        fail(&breaker);
        clock.advance(TTL);
        let probe = permit(&breaker);
        late.into_iter().for_each(end);
        assert_eq!(breaker.state(), State::HalfOpen);
        rejected(&breaker);
        probe.success();
        assert_eq!(breaker.state(), State::Closed);
    }
}
