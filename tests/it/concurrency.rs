//! Many threads at one breaker.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use circuit_runtime::{CircuitBreaker, Settings, State, breaker, circuit_breaker};

use crate::support::{
    Answer, Fault, TTL, clock_of, down, fail, ms, owned, permit, probeable, succeed,
};

const THREADS: u32 = 8;

/// Runs `work` on all threads at once, with their numbers.
fn together(work: impl Fn(u32) + Sync) {
    let start = Barrier::new(THREADS as usize);
    thread::scope(|scope| {
        for n in 0..THREADS {
            let (start, work) = (&start, &work);
            scope.spawn(move || {
                start.wait();
                work(n);
            });
        }
    });
}

#[circuit_breaker(name = "concurrency/mixed", threshold = 3)]
fn mixed(n: u32) -> Answer {
    if n % 7 == 0 { down(n) } else { Ok(n) }
}

#[test]
fn every_call_is_counted_exactly_once() {
    const EACH: u32 = 20_000;
    together(|thread| {
        for n in 0..EACH {
            if matches!(mixed(n), Err(Fault::Refused(_))) && thread == 0 {
                breaker!("concurrency/mixed").close();
            }
        }
    });
    let calls = breaker!("concurrency/mixed").snapshot().calls;
    assert_eq!(calls.success + calls.failure + calls.rejected, u64::from(THREADS * EACH));
    assert_eq!(calls.excluded + calls.ignored + calls.cancelled, 0);
}

#[test]
fn however_many_fail_at_once_there_is_exactly_one_trip() {
    for _ in 0..50 {
        let (breaker, _) = owned(Settings::new().threshold(THREADS));
        let admitted = AtomicU32::new(0);
        together(|_| {
            for _ in 0..4 {
                if let Ok(permit) = breaker.try_acquire() {
                    admitted.fetch_add(1, Ordering::Relaxed);
                    permit.failure(&"down");
                }
            }
        });
        let snapshot = breaker.snapshot();
        assert_eq!(snapshot.transitions.count(State::Closed, State::Open), 1);
        assert_eq!(snapshot.transitions.total(), 1);
        assert_eq!(snapshot.calls.failure, u64::from(admitted.into_inner()));
        assert_eq!(snapshot.last_trip.unwrap().measured, THREADS);
    }
}

#[test]
fn of_threads_that_fail_together_not_one_failure_is_lost() {
    let (breaker, _) = owned(Settings::new().threshold(u32::MAX));
    together(|_| (0..5_000).for_each(|_| fail(&breaker)));
    assert_eq!(breaker.failure_count(), THREADS * 5_000);
}

#[test]
fn probes_never_exceed_their_number() {
    for probes in [1, 3] {
        let (breaker, _) = probeable(Settings::new().probes(probes).success_threshold(63));
        let (out, most) = (AtomicU32::new(0), AtomicU32::new(0));
        together(|_| {
            for _ in 0..2_000 {
                if let Ok(probe) = breaker.try_acquire() {
                    let now = out.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    thread::yield_now();
                    out.fetch_sub(1, Ordering::SeqCst);
                    probe.ignore();
                }
            }
        });
        let most = most.into_inner();
        assert!((1..=probes).contains(&most), "{most} of {probes}");
        assert_eq!(breaker.snapshot().probes_in_flight, 0);
    }
}

#[test]
fn of_all_calls_at_the_end_of_the_ttl_exactly_one_is_the_probe() {
    for _ in 0..50 {
        let (breaker, _) = probeable(Settings::new());
        let admitted = AtomicU32::new(0);
        together(|_| {
            if let Ok(probe) = breaker.try_acquire() {
                admitted.fetch_add(1, Ordering::Relaxed);
                std::mem::forget(probe);
            }
        });
        assert_eq!(admitted.into_inner(), 1);
        assert_eq!(breaker.snapshot().transitions.count(State::Open, State::HalfOpen), 1);
    }
}

#[test]
fn transitions_are_told_without_gaps_however_they_race() {
    let (breaker, clock) = owned(Settings::new().threshold(2).ttl(TTL));
    together(|n| {
        for round in 0..2_000 {
            match breaker.try_acquire() {
                Ok(permit) if (round + n) % 3 == 0 => permit.success(),
                Ok(permit) => permit.failure(&"down"),
                Err(_) => clock.advance(TTL),
            }
        }
    });
    let transitions = breaker.snapshot().transitions;
    let count = |from, to| transitions.count(from, to);
    let (closed, open, half_open) = (State::Closed, State::Open, State::HalfOpen);
    let into_open = count(closed, open) + count(half_open, open);
    let out_of_open = count(open, half_open) + count(open, closed);
    assert!(into_open - out_of_open <= 1, "{transitions:?}");
    assert_eq!(count(open, closed), 0);
    assert!(count(closed, open) - count(half_open, closed) <= 1, "{transitions:?}");
}

#[test]
fn calls_of_threads_that_ended_stay_counted() {
    let (breaker, _) = owned(Settings::new());
    for _ in 0..20 {
        together(|_| succeed(&breaker));
    }
    assert_eq!(breaker.snapshot().calls.success, u64::from(20 * THREADS));
}

#[test]
fn a_breaker_that_takes_over_the_place_of_another_counts_from_zero() {
    for _ in 0..20 {
        let (breaker, _) = owned(Settings::new());
        assert_eq!(breaker.snapshot().calls, circuit_runtime::Calls::default());
        together(|_| drop(permit(&breaker)));
        assert_eq!(breaker.snapshot().calls.cancelled, u64::from(THREADS));
    }
}

#[test]
fn of_all_that_happens_in_a_window_not_one_call_is_lost() {
    const EACH: u32 = 5_000;
    let settings = Settings::new().threshold(u32::MAX).failure_rate(1.0).window(TTL * 60);
    let breaker = CircuitBreaker::new("busy window", settings).unwrap();
    let clock = clock_of(&breaker);
    together(|n| {
        for round in 0..EACH {
            let call = if (round + n) % 3 == 0 { fail } else { succeed };
            call(&breaker);
            if round % 50 == 0 {
                clock.advance(ms(1_000));
            }
        }
    });
    let snapshot = breaker.snapshot();
    assert_eq!(snapshot.window_calls, Some(u64::from(THREADS * EACH)));
    assert_eq!(u64::from(snapshot.failures), snapshot.calls.failure);
}

#[test]
fn however_many_fail_at_once_in_a_window_there_is_exactly_one_trip() {
    for _ in 0..50 {
        let settings = Settings::new().threshold(THREADS).window(TTL).failure_rate(0.5);
        let (breaker, _clock) = owned(settings);
        together(|_| {
            for _ in 0..4 {
                if let Ok(permit) = breaker.try_acquire() {
                    permit.failure(&"down");
                }
            }
        });
        let snapshot = breaker.snapshot();
        assert_eq!(snapshot.transitions.total(), 1);
        let trip = snapshot.last_trip.unwrap();
        assert_eq!((trip.measured, trip.calls), (THREADS, Some(u64::from(THREADS))));
    }
}

#[test]
fn settings_changed_under_load_are_seen_whole() {
    let (breaker, _) = owned(Settings::new().threshold(1_000_000));
    together(|n| {
        for round in 0..500 {
            if n == 0 {
                breaker.set_threshold(1_000_000 + round).unwrap();
            }
            succeed(&breaker);
            fail(&breaker);
        }
    });
    assert_eq!(breaker.state(), State::Closed);
}
