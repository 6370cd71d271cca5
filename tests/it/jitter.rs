//! A random share of the time open.

use std::collections::BTreeSet;
use std::time::Duration;

use circuit_runtime::{CircuitBreaker, Settings, State};

use crate::support::{TTL, clock_of, fail, ms, owned, permit, rejected};

fn open_for(breaker: &CircuitBreaker) -> Duration {
    breaker.open();
    let open_for = breaker.last_trip().unwrap().open_for;
    assert_eq!(rejected(breaker).retry_after(), Some(open_for));
    open_for
}

#[test]
fn up_to_its_share_is_added_and_never_the_same() {
    let (breaker, _) = owned(Settings::new().ttl(TTL).jitter(0.5));
    let times: BTreeSet<Duration> = (0..1_000).map(|_| open_for(&breaker)).collect();
    let (least, most) = (*times.first().unwrap(), *times.last().unwrap());
    assert!(least >= TTL && most <= TTL * 3 / 2, "{least:?} to {most:?}");
    // All over its range, and hardly ever twice the same of 30000.
    assert!(least < TTL + TTL / 40 && most > TTL * 3 / 2 - TTL / 40, "{least:?} to {most:?}");
    assert!(times.len() > 950, "{} of 1000", times.len());
}

#[test]
fn without_it_every_time_open_is_the_ttl() {
    let (breaker, _) = owned(Settings::new().ttl(TTL).jitter(0.0));
    assert!((0..100).all(|_| open_for(&breaker) == TTL));
}

#[test]
fn two_breakers_that_open_together_come_back_apart() {
    let times = ["a", "b", "c", "d"].map(|name| {
        let breaker = CircuitBreaker::new(name, Settings::new().ttl(TTL).jitter(1.0)).unwrap();
        clock_of(&breaker);
        open_for(&breaker)
    });
    assert_eq!(BTreeSet::from(times).len(), 4, "{times:?}");
}

#[test]
fn the_breaker_keeps_to_the_time_that_it_drew() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL).jitter(1.0));
    fail(&breaker);
    let open_for = breaker.last_trip().unwrap().open_for;
    clock.advance(open_for - ms(1));
    assert_eq!(rejected(&breaker).retry_after(), Some(ms(1)));
    breaker.set_settings(Settings::new().probes(2)).unwrap();
    assert_eq!(breaker.state(), State::Open);
    clock.advance(ms(1));
    permit(&breaker).success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn it_comes_on_top_of_max_ttl() {
    let settings = Settings::new().threshold(1).ttl(TTL).max_ttl(TTL * 2).jitter(0.5);
    let (breaker, clock) = owned(settings);
    fail(&breaker);
    for doubled in [TTL * 2, TTL * 2, TTL * 2] {
        clock.advance(breaker.retry_after().unwrap());
        fail(&breaker);
        let open_for = breaker.last_trip().unwrap().open_for;
        assert!((doubled..=doubled * 3 / 2).contains(&open_for), "{open_for:?}");
    }
}
