//! One consistent reading.

use std::sync::Arc;
use std::time::SystemTime;

use circuit_runtime::{Mode, Settings, State};

use crate::support::{TTL, fail, ms, owned, permit, rejected, succeed};

#[test]
fn a_snapshot_says_everything() {
    let settings = Settings::new().threshold(2).ttl(TTL).probes(2).success_threshold(2);
    let (breaker, clock) = owned(settings);
    clock.advance(ms(1_000));
    succeed(&breaker);
    fail(&breaker);
    let closed = breaker.snapshot();
    assert_eq!((&*closed.name, closed.state, closed.mode), ("owned", State::Closed, Mode::Normal));
    assert_eq!((closed.failures, closed.successes, closed.probes_in_flight), (1, 0, 0));
    assert_eq!((closed.calls.success, closed.calls.failure), (1, 1));
    assert_eq!((closed.opened_at, closed.retry_after), (None, None));
    assert_eq!(closed.settings, settings);
    assert!(closed.last_trip.is_none());

    let before = SystemTime::now();
    fail(&breaker);
    clock.advance(ms(2_000));
    rejected(&breaker);
    let open = breaker.snapshot();
    assert_eq!((open.state, open.failures, open.calls.rejected), (State::Open, 0, 1));
    assert!(open.opened_at.unwrap() >= before);
    assert_eq!(open.retry_after, Some(TTL - ms(2_000)));
    assert_eq!(open.last_trip.unwrap().measured, 2);

    clock.advance(TTL);
    succeed(&breaker);
    let probe = permit(&breaker);
    clock.advance(ms(500));
    let half_open = breaker.snapshot();
    assert_eq!((half_open.state, half_open.successes), (State::HalfOpen, 1));
    assert_eq!((half_open.probes_in_flight, half_open.opened_at), (1, None));
    probe.success();

    clock.advance(ms(4_000));
    let end = breaker.snapshot();
    assert_eq!(
        end.time_in_state,
        [(State::Closed, ms(5_000)), (State::Open, TTL + ms(2_000)), (State::HalfOpen, ms(500))]
    );
    assert_eq!(end.transitions.total(), 3);
    for (from, to) in [
        (State::Closed, State::Open),
        (State::Open, State::HalfOpen),
        (State::HalfOpen, State::Closed),
    ] {
        assert_eq!(end.transitions.count(from, to), 1, "{from} to {to}");
    }
}

#[test]
fn to_where_it_is_already_is_no_transition() {
    let (breaker, _) = owned(Settings::new());
    breaker.close();
    breaker.open();
    breaker.open();
    breaker.half_open();
    breaker.half_open();
    let transitions = breaker.snapshot().transitions;
    assert_eq!(transitions.iter().map(|transition| transition.count).sum::<u64>(), 2);
    assert_eq!(transitions.total(), 2);
}

#[test]
fn opened_again_by_hand_it_is_open_for_a_whole_ttl_from_then() {
    let (breaker, clock) = owned(Settings::new().ttl(TTL));
    breaker.open();
    let first = breaker.last_trip().unwrap();
    clock.advance(ms(1_000));
    breaker.open();
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.retry_after, snapshot.transitions.total()), (Some(TTL), 1));
    assert!(!Arc::ptr_eq(&first, &breaker.last_trip().unwrap()));
    clock.advance(ms(1_000));
    assert_eq!(breaker.snapshot().time_in_state[1], (State::Open, ms(2_000)));
}
