//! Modes, and back without losing state.

use circuit_runtime::{Calls, Mode, Permit, Settings, State};

use crate::support::{TTL, fail, ms, owned, permit, probeable, rejected, succeed};

#[test]
fn forced_open_rejects_without_a_time_to_try_again() {
    let (breaker, clock) = owned(Settings::new());
    breaker.set_mode(Mode::ForcedOpen);
    clock.advance(TTL * 100);
    let rejection = rejected(&breaker);
    assert_eq!((rejection.state(), rejection.retry_after()), (State::Open, None));
    assert!(rejection.trip().is_none());
    assert_eq!((breaker.state(), breaker.retry_after()), (State::Open, None));
    assert_eq!(breaker.snapshot().state, State::Open);
}

#[test]
fn forced_open_and_back_keeps_count_and_state() {
    let (breaker, _) = owned(Settings::new());
    fail(&breaker);
    breaker.set_mode(Mode::ForcedOpen);
    rejected(&breaker);
    breaker.set_mode(Mode::Normal);
    assert_eq!((breaker.state(), breaker.failure_count()), (State::Closed, 1));
    assert_eq!(breaker.snapshot().transitions.total(), 0);
}

#[test]
fn disabled_lets_every_call_through_and_counts_none() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    breaker.set_mode(Mode::Disabled);
    fail(&breaker);
    fail(&breaker);
    drop(permit(&breaker));
    assert_eq!(breaker.snapshot().calls, Calls::default());
    breaker.open();
    succeed(&breaker);
    assert_eq!(breaker.mode(), Mode::Disabled);
}

#[test]
fn disabled_and_back_keeps_an_open_breaker_open() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL));
    fail(&breaker);
    breaker.set_mode(Mode::Disabled);
    let permit = permit(&breaker);
    clock.advance(ms(1_000));
    breaker.set_mode(Mode::Normal);
    permit.success();
    assert_eq!(rejected(&breaker).retry_after(), Some(TTL - ms(1_000)));
}

#[test]
fn shadow_counts_trips_and_reports_and_never_rejects() {
    let (breaker, clock) = owned(Settings::new().threshold(2).ttl(TTL));
    breaker.set_mode(Mode::Shadow);
    fail(&breaker);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.last_trip().unwrap().measured, 2);
    succeed(&breaker);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open, "calls it would have rejected are no evidence");
    let calls = breaker.snapshot().calls;
    assert_eq!((calls.success, calls.failure, calls.rejected), (1, 3, 0));
    clock.advance(TTL);
    let probe = permit(&breaker);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::HalfOpen, "only the probe decides");
    probe.success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn shadow_and_back_rejects_in_the_state_it_reached() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    breaker.set_mode(Mode::Shadow);
    fail(&breaker);
    breaker.set_mode(Mode::Normal);
    rejected(&breaker);
}

#[test]
fn a_probe_out_during_a_change_of_mode_keeps_its_place_and_its_say() {
    for mode in [Mode::ForcedOpen, Mode::Disabled, Mode::Shadow] {
        let (breaker, _) = probeable(Settings::new());
        let probe = permit(&breaker);
        breaker.set_mode(mode);
        breaker.set_mode(Mode::Normal);
        rejected(&breaker);
        probe.success();
        assert_eq!(breaker.state(), State::Closed);
    }
}

#[test]
fn a_call_begun_while_disabled_is_not_counted_when_it_ends_later() {
    for end in [|late: Permit<'_>| late.success(), |late: Permit<'_>| late.failure(&"late")] {
        let (breaker, _) = owned(Settings::new().threshold(1));
        breaker.set_mode(Mode::Disabled);
        let late = permit(&breaker);
        breaker.set_mode(Mode::Normal);
        end(late);
        assert_eq!(breaker.snapshot().calls, Calls::default());
        assert_eq!(breaker.state(), State::Closed);
    }
}
