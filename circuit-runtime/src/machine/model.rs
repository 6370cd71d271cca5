//! The word under loom: every schedule of two or three threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use loom::thread;

use super::policy::Tally;
use super::sequence::Sequence;
use super::word::Stamp;
use super::*;
use crate::clock::Moment;
use crate::sync::explore;

const LIMITS: Limits =
    Limits { threshold: 2, ttl: 1_000, max_ttl: 1_000, probe_timeout: 500, ..Limits::LEAST };

/// A word that threads share, and the step on it as a breaker takes it, fast paths included.
struct Machine {
    word: AtomicWord,
    limits: Limits,
    now: Moment,
    trips: AtomicU32,
}

impl Machine {
    fn new(word: Word, limits: Limits) -> Arc<Self> {
        let now = Moment::new(Duration::from_secs(10));
        Arc::new(Self { word: AtomicWord::new(word), limits, now, trips: AtomicU32::new(0) })
    }

    fn take(&self, event: Event) -> (Verdict, Word) {
        let (verdict, before, after) =
            self.word.update(|word| step(word, event, &self.limits, || self.now));
        let next = before.epoch() + 1;
        assert!(after.epoch() == before.epoch() || after.epoch() == next, "epochs go one by one");
        let was_closed = matches!(before.phase(), Phase::Closed { .. });
        if was_closed && matches!(after.phase(), Phase::Open { .. }) {
            self.trips.fetch_add(1, Ordering::Relaxed);
        }
        (verdict, after)
    }

    fn acquire(&self) -> Option<Word> {
        let word = self.word.load();
        if word.admits_at_once() {
            return Some(word);
        }
        match self.take(Event::Acquire) {
            (Verdict::Rejected(_), _) => None,
            (_, word) => Some(word),
        }
    }

    fn succeed(&self, permit: Word) {
        if !self.word.load().is_clean_for(permit) {
            self.take(Event::Success(permit));
        }
    }

    fn fail(&self, permit: Word) {
        self.take(Event::Failure(permit, Tally::default()));
    }

    fn trips(&self) -> u32 {
        self.trips.load(Ordering::Relaxed)
    }
}

/// Open since the clock began, so that the `ttl` has long been over.
fn open() -> Word {
    let opened_at = Stamp::at(Moment::new(Duration::ZERO));
    Word::NEW.next_era(Phase::Open { opened_at, reopenings: 0 })
}

fn half_open(in_flight: u8, last_probe: Moment) -> Word {
    let last_probe = Stamp::at(last_probe);
    Word::NEW.next_era(Phase::HalfOpen { last_probe, reopenings: 0, in_flight, successes: 0 })
}

/// Waits for threads that have all been started.
fn all(threads: impl Into<Vec<thread::JoinHandle<()>>>) {
    for thread in threads.into() {
        thread.join().expect("no thread panics");
    }
}

fn probes_never_exceed(probes: u8, threads: u8) {
    explore(&format!("{threads} threads, {probes} probes"), move || {
        let machine = Machine::new(open(), Limits { probes, success_threshold: 9, ..LIMITS });
        let out = Arc::new(AtomicU32::new(0));
        let asking = (0..threads).map(|_| {
            let (machine, out) = (Arc::clone(&machine), Arc::clone(&out));
            thread::spawn(move || {
                if let Some(probe) = machine.acquire() {
                    let now_out = out.fetch_add(1, Ordering::Relaxed) + 1;
                    assert!(now_out <= u32::from(probes), "{now_out} probes at once");
                    machine.take(Event::Release(probe));
                    // Before any other thread runs: only the word's accesses are points to switch at.
                    out.fetch_sub(1, Ordering::Relaxed);
                }
            })
        });
        all(asking.collect::<Vec<_>>());
        let Phase::HalfOpen { in_flight, .. } = machine.word.load().phase() else {
            panic!("no probe was let in")
        };
        assert_eq!(in_flight, 0, "a place was lost");
    });
}

#[test]
fn one_probe_at_a_time() {
    probes_never_exceed(1, 2);
    probes_never_exceed(1, 3);
}

#[test]
fn two_probes_at_a_time() {
    explore("3 threads ask for 2 places", || {
        let machine = Machine::new(open(), Limits { probes: 2, ..LIMITS });
        let admitted = Arc::new(AtomicU32::new(0));
        all([(); 3].map(|()| {
            let (machine, admitted) = (Arc::clone(&machine), Arc::clone(&admitted));
            thread::spawn(move || {
                if machine.acquire().is_some() {
                    admitted.fetch_add(1, Ordering::Relaxed);
                }
            })
        }));
        assert_eq!(admitted.load(Ordering::Relaxed), 2);
    });
}

#[test]
fn no_failure_is_lost() {
    explore("3 failures below the threshold", || {
        let machine = Machine::new(Word::NEW, Limits { threshold: 4, ..LIMITS });
        all([(); 3].map(|()| {
            let machine = Arc::clone(&machine);
            thread::spawn(move || machine.fail(machine.acquire().expect("closed")))
        }));
        assert_eq!(machine.word.load().phase(), Phase::Closed { failures: 3 });
    });
}

#[test]
fn a_trip_happens_exactly_once() {
    explore("3 failures at a threshold of 2", || {
        let machine = Machine::new(Word::NEW, LIMITS);
        let permits = [(); 3].map(|()| machine.acquire().expect("closed"));
        all(permits.map(|permit| {
            let machine = Arc::clone(&machine);
            thread::spawn(move || machine.fail(permit))
        }));
        assert_eq!((machine.trips(), machine.word.load().epoch()), (1, 1));
    });
}

#[test]
fn a_success_resets_the_run_or_comes_too_late() {
    explore("2 failures and a success", || {
        let machine = Machine::new(Word::NEW, LIMITS);
        let permit = machine.acquire().expect("closed");
        let failing = [(); 2].map(|()| {
            let machine = Arc::clone(&machine);
            thread::spawn(move || machine.fail(permit))
        });
        machine.succeed(permit);
        all(failing);
        match machine.word.load().phase() {
            Phase::Open { .. } => assert_eq!(machine.trips(), 1),
            Phase::Closed { failures } => assert_eq!((failures, machine.trips()), (1, 0)),
            phase @ Phase::HalfOpen { .. } => panic!("{phase:?}"),
        }
    });
}

#[test]
fn outcomes_of_an_earlier_era_change_nothing() {
    let failure = |permit| Event::Failure(permit, Tally::default());
    let away = |permit| Event::Away(permit, 1);
    let late: [fn(Word) -> Event; 4] = [Event::Success, failure, away, Event::Release];
    for late in late {
        explore("a probe and two late outcomes", move || {
            let machine = Machine::new(open(), Limits { success_threshold: 2, ..LIMITS });
            let latecomers = [(); 2].map(|()| {
                let machine = Arc::clone(&machine);
                thread::spawn(move || {
                    let (verdict, _) = machine.take(late(Word::NEW));
                    assert_eq!(verdict, Verdict::Stale);
                })
            });
            for _ in 0..2 {
                let probe = machine.acquire().expect("the only one that asks");
                machine.succeed(probe);
            }
            all(latecomers);
            let word = machine.word.load();
            assert_eq!((word.phase(), word.epoch()), (Phase::Closed { failures: 0 }, 3));
        });
    }
}

#[test]
fn a_probe_that_fails_beside_one_that_succeeds_decides_once() {
    explore("two probes with different outcomes", || {
        let machine = Machine::new(open(), Limits { probes: 2, ..LIMITS });
        let probes = [(); 2].map(|()| machine.acquire().expect("a place"));
        let [good, bad] = probes;
        let failing = {
            let machine = Arc::clone(&machine);
            thread::spawn(move || machine.fail(bad))
        };
        machine.succeed(good);
        all([failing]);
        let word = machine.word.load();
        assert_eq!(word.epoch(), good.epoch() + 1, "whichever came second is stale");
        assert!(!matches!(word.phase(), Phase::HalfOpen { .. }));
    });
}

#[test]
fn the_place_of_a_silent_probe_is_taken_by_exactly_one() {
    explore("two callers and a late probe at the probe_timeout", || {
        let lost = half_open(1, Moment::new(Duration::ZERO));
        let machine = Machine::new(lost, LIMITS);
        let admitted = Arc::new(AtomicU32::new(0));
        let asking = [(); 2].map(|()| {
            let (machine, admitted) = (Arc::clone(&machine), Arc::clone(&admitted));
            thread::spawn(move || {
                if machine.acquire().is_some() {
                    admitted.fetch_add(1, Ordering::Relaxed);
                }
            })
        });
        // Silent, or alive after all and just in time.
        machine.take(Event::Release(lost));
        all(asking);
        let Phase::HalfOpen { in_flight, .. } = machine.word.load().phase() else {
            panic!("nothing decides here")
        };
        let admitted = admitted.load(Ordering::Relaxed);
        assert!(admitted == 1, "{admitted} in its place");
        assert_eq!(u32::from(in_flight), admitted);
    });
}

#[test]
fn nobody_sees_the_epoch_go_back() {
    explore("a reader beside changes by hand and a failure", || {
        let machine = Machine::new(Word::NEW, Limits { threshold: 1, ..LIMITS });
        let permit = machine.acquire().expect("closed");
        let changing = {
            let machine = Arc::clone(&machine);
            thread::spawn(move || {
                machine.fail(permit);
                machine.take(Event::Close);
            })
        };
        let seen = [(); 3].map(|()| machine.word.load().epoch());
        assert!(seen.is_sorted(), "{seen:?}");
        all([changing]);
    });
}

#[test]
fn limits_are_seen_whole() {
    explore("two changes of two words beside a reader", || {
        let sequence = Arc::new(Sequence::new([0, 0]));
        let changing = {
            let sequence = Arc::clone(&sequence);
            thread::spawn(move || {
                sequence.set([1, 1]);
                sequence.set([2, 2]);
            })
        };
        let [first, second] = sequence.get();
        assert_eq!(first, second);
        all([changing]);
    });
}
