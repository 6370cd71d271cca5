//! Alibaba Sentinel (`d75a668`), Java.

use circuit_runtime::{Settings, State, breaker, circuit_breaker};

use crate::support::{
    Answer, FRAGILE, Fault, TTL, clock_of, fail, late_and_probe, let_in, ms, owned, permit,
    rejected,
};

/// A late success closes and lets traffic in, while the probe is out and about to fail.
#[test]
fn a_late_success_lets_no_traffic_in_while_the_probe_is_out() {
    let (breaker, clock) = owned(FRAGILE);
    let (late, probe) = late_and_probe(&breaker, &clock);
    late.success();
    assert_eq!(let_in(&breaker, 50).len(), 0);
    probe.failure(&"down");
    assert_eq!(breaker.state(), State::Open);
}

// The lower one is asked first: it lets a probe in, which the upper one refuses.
#[circuit_breaker(name = "faults/sentinel/inner", threshold = 1, ttl = 60)]
#[circuit_breaker(name = "faults/sentinel/outer", threshold = 1, ttl = 60, ignore = [Fault::Refused])]
fn guarded_twice() -> Answer {
    Ok(1)
}

/// Issue 1638: a probe that a later rule blocks is never heard of, and nothing comes through again.
#[test]
fn a_probe_that_another_breaker_refuses_gives_its_place_back() {
    let (inner, outer) = (breaker!("faults/sentinel/inner"), breaker!("faults/sentinel/outer"));
    let clock = clock_of(outer);
    inner.open();
    outer.open();
    clock.advance(TTL);
    for _ in 0..3 {
        match guarded_twice() {
            Err(Fault::Refused(refused)) => assert_eq!(refused.name(), inner.name()),
            other => panic!("{other:?}"),
        }
        assert_eq!((outer.state(), outer.snapshot().probes_in_flight), (State::HalfOpen, 0));
    }
    inner.close();
    guarded_twice().unwrap();
    assert_eq!(outer.state(), State::Closed);
}

/// Issue 2901: rules that are pushed again put every open breaker back to closed.
#[test]
fn settings_that_are_set_again_leave_an_open_breaker_open_and_a_count_counted() {
    let settings = Settings::new().threshold(2).ttl(TTL);
    let (breaker, clock) = owned(settings);
    fail(&breaker);
    breaker.set_settings(settings).unwrap();
    assert_eq!(breaker.failure_count(), 1);
    fail(&breaker);
    clock.advance(TTL - ms(1));
    breaker.set_settings(settings).unwrap();
    rejected(&breaker);
    clock.advance(ms(1));
    let probe = permit(&breaker);
    breaker.set_settings(settings).unwrap();
    rejected(&breaker);
    probe.success();
    assert_eq!(breaker.state(), State::Closed);
}
