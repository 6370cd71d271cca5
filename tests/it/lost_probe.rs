//! 5. No lost probe: whatever becomes of one, the breaker can be probed again.

use std::mem;
use std::pin::pin;

use circuit_runtime::test_util::ManualClock;
use circuit_runtime::{CircuitBreaker, Permit, Settings, State, breaker, circuit_breaker};

use crate::support::{
    Answer, Fault, TTL, clock_of, down, fail, ms, now, owned, panic_of, permit, poll, probeable,
    rejected, succeed,
};

/// Opens the breaker, lets its `ttl` pass, runs `probe`, and asserts that every place can be had again at once, or
/// after the time open where the probe failed.
fn probed_again_at_once(breaker: &CircuitBreaker, clock: &ManualClock, probe: impl Fn()) {
    breaker.open();
    clock.advance(TTL);
    probe();
    if breaker.state() == State::Open {
        clock.advance(TTL);
    }
    let all: Vec<_> = (0..breaker.settings().get_probes()).map(|_| permit(breaker)).collect();
    drop(all);
}

/// The same functions behind a breaker with `$probes` probes.
macro_rules! with_probes {
    ($module:ident, $name:tt, $probes:tt) => {
        mod $module {
            use super::*;

            type Items = std::vec::IntoIter<Answer>;

            #[circuit_breaker(name = $name, threshold = 1, ttl = 60, probes = $probes, exclude = [|e: &Fault| rude(e)])]
            fn fetch(how: How) -> Answer {
                how.answer()
            }

            #[circuit_breaker(name = $name, failure_if = |n: &u32| rude(&Fault::Down(*n)))]
            fn judged(n: u32) -> Answer {
                Ok(n)
            }

            #[circuit_breaker(name = $name)]
            async fn hanging() -> Answer {
                std::future::pending().await
            }

            #[circuit_breaker(name = $name, exclude = [|e: &Fault| rude(e)])]
            fn items(items: Vec<Answer>) -> impl Iterator<Item = Answer> + use<> {
                let items: Items = items.into_iter();
                items
            }

            #[test]
            fn a_probe_that_ends_in_any_way_of_its_own_frees_its_place_at_once() {
                let breaker = breaker!($name);
                let clock = clock_of(breaker);
                let again = |probe: &dyn Fn()| probed_again_at_once(breaker, &clock, probe);

                again(&|| drop(fetch(How::Return)));
                again(&|| drop(fetch(How::Error)));
                again(&|| drop(panic_of(|| fetch(How::Panic))));
                again(&|| assert_eq!(panic_of(|| fetch(How::RudeError)), "predicate"));
                again(&|| assert_eq!(panic_of(|| judged(RUDE)), "predicate"));

                again(&|| assert!(poll(pin!(hanging())).is_pending()));
                again(&|| drop(hanging()));

                again(&|| drop(items(vec![Ok(1)])));
                again(&|| drop(items(vec![Ok(1)]).next()));
                again(&|| assert_eq!(items(vec![Ok(1)]).count(), 1));
                again(&|| drop(panic_of(|| items(vec![down(RUDE)]).next())));

                again(&|| drop(permit(breaker)));
                again(&|| permit(breaker).ignore());
                again(&|| permit(breaker).excluded());
                again(&|| {
                    now(async {
                        let mut hanging = pin!(breaker.call_async(std::future::pending::<Answer>()));
                        assert!(poll(hanging.as_mut()).is_pending());
                    });
                });
            }
        }
    };
}

const RUDE: u32 = 99;

fn rude(error: &Fault) -> bool {
    assert!(!matches!(error, Fault::Down(RUDE)), "predicate");
    false
}

#[derive(Clone, Copy)]
enum How {
    Return,
    Error,
    RudeError,
    Panic,
}

impl How {
    fn answer(self) -> Answer {
        match self {
            Self::Return => Ok(1),
            // By way of `?`.
            Self::Error => Ok(down(1)?),
            Self::RudeError => Ok(down(RUDE)?),
            Self::Panic => panic!("the probe panics"),
        }
    }
}

with_probes!(one_probe, "lost_probe/one", 1);
with_probes!(two_probes, "lost_probe/two", 2);

#[test]
fn a_forgotten_permit_loses_its_place_after_probe_timeout() {
    for probes in [1, 2] {
        let (breaker, clock) = probeable(Settings::new().probes(probes).probe_timeout(ms(5_000)));
        for _ in 0..3 {
            (0..probes).for_each(|_| mem::forget(permit(&breaker)));
            clock.advance(ms(4_999));
            assert_eq!(rejected(&breaker).retry_after(), Some(ms(1)));
            clock.advance(ms(1));
        }
        succeed(&breaker);
        assert_eq!(breaker.state(), State::Closed);
    }
}

#[test]
fn the_default_probe_timeout_is_the_ttl() {
    let (breaker, clock) = probeable(Settings::new());
    mem::forget(permit(&breaker));
    clock.advance(TTL - ms(1));
    rejected(&breaker);
    clock.advance(ms(1));
    succeed(&breaker);
}

#[test]
fn one_forgotten_probe_of_two_does_not_hold_up_the_other_place() {
    let (breaker, _) = probeable(Settings::new().probes(2).success_threshold(3));
    mem::forget(permit(&breaker));
    (0..3).for_each(|_| succeed(&breaker));
    assert_eq!(breaker.state(), State::Closed);
}

#[circuit_breaker(name = "lost_probe/forgotten", threshold = 1, ttl = 60, probe_timeout = 5)]
async fn hanging() -> Answer {
    std::future::pending().await
}

#[test]
fn a_forgotten_future_loses_its_place_after_probe_timeout() {
    let breaker = breaker!("lost_probe/forgotten");
    let clock = clock_of(breaker);
    breaker.open();
    clock.advance(TTL);
    let mut future = Box::pin(hanging());
    assert!(poll(future.as_mut()).is_pending());
    mem::forget(future);
    clock.advance(ms(4_999));
    rejected(breaker);
    clock.advance(ms(1));
    succeed(breaker);
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_probe_that_hangs_and_reports_late_decides_nothing() {
    let ends: [fn(Permit<'_>); 2] = [|late| late.success(), |late| late.failure(&"late")];
    for end in ends {
        for probes in [1, 2] {
            let (breaker, clock) = probeable(Settings::new().probes(probes).success_threshold(2));
            let hung: Vec<_> = (0..probes).map(|_| permit(&breaker)).collect();
            clock.advance(TTL);
            let probe = permit(&breaker);
            hung.into_iter().for_each(end);
            assert_eq!((breaker.state(), breaker.success_count()), (State::HalfOpen, 0));
            assert_eq!(breaker.snapshot().probes_in_flight, 1);
            probe.success();
            assert_eq!(breaker.success_count(), 1);
        }
    }
}

#[test]
fn places_are_taken_back_without_anybody_asking_in_between() {
    let (breaker, clock) = probeable(Settings::new().probe_timeout(ms(5_000)));
    mem::forget(permit(&breaker));
    // Longer than any of the machine's time fields but one.
    clock.advance(std::time::Duration::from_secs(24 * 60 * 60));
    succeed(&breaker);
}

#[test]
fn a_failure_after_a_lost_probe_still_re_opens() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL));
    fail(&breaker);
    clock.advance(TTL);
    mem::forget(permit(&breaker));
    clock.advance(TTL);
    fail(&breaker);
    assert_eq!(breaker.retry_after(), Some(TTL));
}
