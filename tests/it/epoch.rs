//! 4. An outcome counts only in the era its permit was issued in.

use circuit_runtime::{Permit, Settings, State};

use crate::support::{TTL, fail, owned, permit, probeable, rejected, succeed};

/// Every way in which a call can end.
const ENDS: [fn(Permit<'_>); 5] = [
    |late| late.success(),
    |late| late.failure(&"late"),
    |late| late.excluded(),
    |late| late.ignore(),
    |late| drop(late),
];

#[test]
fn a_call_begun_while_closed_that_ends_while_half_open_decides_nothing() {
    for end in ENDS {
        let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL));
        let late = permit(&breaker);
        fail(&breaker);
        clock.advance(TTL);
        let probe = permit(&breaker);
        end(late);
        assert_eq!((breaker.state(), breaker.success_count()), (State::HalfOpen, 0));
        assert_eq!(breaker.snapshot().probes_in_flight, 1, "the probe keeps its place");
        rejected(&breaker);
        probe.success();
        assert_eq!(breaker.state(), State::Closed);
    }
}

#[test]
fn a_call_begun_while_closed_that_ends_while_open_decides_nothing() {
    for end in ENDS {
        let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL).max_ttl(TTL * 4));
        let late = permit(&breaker);
        fail(&breaker);
        clock.advance(TTL / 2);
        end(late);
        assert_eq!(breaker.retry_after(), Some(TTL / 2));
    }
}

#[test]
fn a_call_begun_while_closed_that_ends_after_the_re_close_decides_nothing() {
    for end in ENDS {
        let (breaker, clock) = owned(Settings::new().threshold(2).ttl(TTL));
        let late = permit(&breaker);
        fail(&breaker);
        fail(&breaker);
        clock.advance(TTL);
        succeed(&breaker);
        fail(&breaker);
        end(late);
        assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 1));
    }
}

#[test]
fn a_probe_that_ends_after_another_closed_the_breaker_decides_nothing() {
    for end in ENDS {
        let (breaker, _) = probeable(Settings::new().probes(2));
        let (late, probe) = (permit(&breaker), permit(&breaker));
        probe.success();
        end(late);
        assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 0));
    }
}

#[test]
fn a_probe_of_an_earlier_half_open_time_decides_nothing_in_a_later_one() {
    for end in ENDS {
        let (breaker, clock) = probeable(Settings::new().probes(2).success_threshold(2));
        let (late, probe) = (permit(&breaker), permit(&breaker));
        probe.failure(&"down");
        clock.advance(TTL);
        let probe = permit(&breaker);
        end(late);
        assert_eq!((breaker.state(), breaker.success_count()), (State::HalfOpen, 0));
        assert_eq!(breaker.snapshot().probes_in_flight, 1);
        probe.success();
    }
}

#[test]
fn a_permit_from_before_a_close_by_hand_decides_nothing() {
    for end in ENDS {
        let (breaker, _) = owned(Settings::new().threshold(2));
        let late = permit(&breaker);
        breaker.close();
        fail(&breaker);
        end(late);
        assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 1));
    }
}

#[test]
fn a_probe_from_before_a_half_open_by_hand_decides_nothing() {
    for end in ENDS {
        let (breaker, _) = probeable(Settings::new());
        let late = permit(&breaker);
        breaker.half_open();
        let probe = permit(&breaker);
        end(late);
        assert_eq!(breaker.state(), State::HalfOpen);
        rejected(&breaker);
        probe.success();
    }
}

#[test]
fn a_late_outcome_is_counted_among_the_calls_all_the_same() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    let (success, failure) = (permit(&breaker), permit(&breaker));
    fail(&breaker);
    success.success();
    failure.failure(&"late");
    let calls = breaker.snapshot().calls;
    assert_eq!((calls.success, calls.failure), (1, 2));
}
