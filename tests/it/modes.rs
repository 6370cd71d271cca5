//! Modes, and back without losing state.

use circuit_runtime::{Calls, Mode, Permit, Settings, State, breaker, circuit_breaker};
use futures_core::Stream;
use futures_util::stream::{self, StreamExt as _};

use crate::support::{
    Answer, TTL, calls, down, fail, ms, now, owned, permit, probeable, rejected, succeed,
};

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

macro_rules! in_steps {
    ($breaker:tt: $later:ident, $items:ident, $stream:ident) => {
        #[circuit_breaker(name = $breaker)]
        async fn $later(answer: Answer) -> Answer {
            answer
        }

        #[circuit_breaker(name = $breaker)]
        fn $items(answer: Answer) -> impl Iterator<Item = Answer> {
            std::iter::once(answer)
        }

        #[circuit_breaker(name = $breaker)]
        fn $stream(answer: Answer) -> impl Stream<Item = Answer> + Unpin {
            stream::iter([answer])
        }
    };
}

in_steps!("modes/shadow-steps": shadow_later, shadow_items, shadow_stream);
in_steps!("modes/disabled-steps": disabled_later, disabled_items, disabled_stream);

/// A call that is made in steps carries its permit from one to the next.
#[test]
fn calls_in_steps_that_an_open_breaker_in_shadow_would_reject_are_made_and_counted_by_how_they_went()
 {
    let breaker = breaker!("modes/shadow-steps");
    breaker.open();
    breaker.set_mode(Mode::Shadow);
    assert!(now(shadow_later(Ok(1))).is_ok() && now(shadow_later(down(1))).is_err());
    assert!(shadow_items(Ok(1)).all(|item| item.is_ok()));
    assert!(shadow_items(down(1)).all(|item| item.is_err()));
    assert!(now(shadow_stream(Ok(1)).next()).is_some_and(|item| item.is_ok()));
    assert!(now(shadow_stream(down(1)).next()).is_some_and(|item| item.is_err()));
    assert_eq!(calls(breaker), [3, 3, 0, 0, 0, 0]);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn calls_in_steps_of_a_disabled_breaker_are_made_and_not_counted() {
    let breaker = breaker!("modes/disabled-steps");
    breaker.open();
    breaker.set_mode(Mode::Disabled);
    assert!(now(disabled_later(Ok(1))).is_ok() && now(disabled_later(down(1))).is_err());
    assert!(disabled_items(Ok(1)).all(|item| item.is_ok()));
    assert!(disabled_items(down(1)).all(|item| item.is_err()));
    assert!(now(disabled_stream(Ok(1)).next()).is_some_and(|item| item.is_ok()));
    assert!(now(disabled_stream(down(1)).next()).is_some_and(|item| item.is_err()));
    assert_eq!(calls(breaker), [0; 6]);
}

/// It carried the trip of before, which is not why it refuses.
#[test]
fn a_forced_open_rejection_tells_of_no_trip() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    fail(&breaker);
    assert!(rejected(&breaker).trip().is_some());
    breaker.set_mode(Mode::ForcedOpen);
    assert!(rejected(&breaker).trip().is_none());
    assert!(breaker.last_trip().is_some());
}

#[test]
fn a_breaker_in_another_mode_prints_which() {
    let (breaker, _) = owned(Settings::new());
    assert_eq!(breaker.to_string(), "circuit breaker \"owned\" is closed");
    breaker.set_mode(Mode::Shadow);
    assert_eq!(breaker.to_string(), "circuit breaker \"owned\" is closed (shadow)");
}
