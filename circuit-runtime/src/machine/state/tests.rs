//! The step, one promise at a time.

use super::*;
use crate::machine::Share;

const LIMITS: Limits =
    Limits { threshold: 3, ttl: 1_000, max_ttl: 1_000, probe_timeout: 500, ..Limits::LEAST };

/// Where there is no window.
fn failure(permit: Word) -> Event {
    Event::Failure(permit, Tally::default())
}

/// A machine without atomics, and its clock.
struct Machine {
    word: Word,
    limits: Limits,
    now: u64,
}

impl Machine {
    fn new(limits: Limits) -> Self {
        Self { word: Word::NEW, limits, now: 1_000 }
    }

    fn open(limits: Limits) -> Self {
        let mut machine = Self::new(limits);
        machine.take(Event::Open);
        machine
    }

    fn half_open(limits: Limits) -> Self {
        let mut machine = Self::new(limits);
        machine.take(Event::HalfOpen);
        machine
    }

    fn take(&mut self, event: Event) -> Verdict {
        let now = Moment::new(Duration::from_millis(self.now));
        let (verdict, word) = step(self.word, event, &self.limits, || now);
        self.word = word;
        verdict
    }

    fn acquire(&mut self) -> Word {
        assert_eq!(self.take(Event::Acquire), Verdict::Admitted);
        self.word
    }

    fn state(&self) -> State {
        self.word.phase().into()
    }

    fn rejects_for(&mut self) -> u64 {
        match self.take(Event::Acquire) {
            Verdict::Rejected(wait) => wait,
            other => panic!("not rejected: {other:?}"),
        }
    }
}

fn no_clock() -> Moment {
    panic!("this step has no use for the time")
}

#[test]
fn the_threshold_th_failure_in_a_row_trips() {
    let mut machine = Machine::new(LIMITS);
    for _ in 0..2 {
        let permit = machine.acquire();
        machine.take(failure(permit));
    }
    let permit = machine.acquire();
    machine.take(Event::Success(permit));
    for failures in 1..=3 {
        assert_eq!(machine.state(), State::Closed, "after {} failures", failures - 1);
        let permit = machine.acquire();
        machine.take(failure(permit));
    }
    assert_eq!(machine.state(), State::Open);
}

#[test]
fn what_happens_on_every_healthy_call_reads_no_clock() {
    let closed = Word::NEW.with(Phase::Closed { failures: 1 });
    for event in [
        Event::Acquire,
        Event::Success(closed),
        failure(closed),
        Event::Release(closed),
        Event::Close,
        Event::Watch(Watch::Calls),
    ] {
        step(closed, event, &LIMITS, no_clock);
    }
}

#[test]
fn open_rejects_until_its_ttl_has_passed_to_the_millisecond() {
    let mut machine = Machine::open(LIMITS);
    machine.now += 999;
    assert_eq!(machine.rejects_for(), 1);
    machine.now += 1;
    machine.acquire();
    assert_eq!(machine.state(), State::HalfOpen);
}

#[test]
fn half_open_lets_in_so_many_probes_and_no_more() {
    let mut machine = Machine::half_open(Limits { probes: 2, ..LIMITS });
    let first = machine.acquire();
    machine.acquire();
    assert_eq!(machine.rejects_for(), 500);
    machine.take(Event::Release(first));
    machine.acquire();
    machine.rejects_for();
}

#[test]
fn so_many_successes_close_and_one_failure_opens() {
    let limits = Limits { success_threshold: 2, ..LIMITS };
    let mut machine = Machine::half_open(limits);
    let first = machine.acquire();
    machine.take(Event::Success(first));
    assert_eq!(machine.state(), State::HalfOpen);
    let second = machine.acquire();
    machine.take(Event::Success(second));
    assert_eq!(machine.state(), State::Closed);

    let mut machine = Machine::half_open(limits);
    let first = machine.acquire();
    machine.take(Event::Success(first));
    let second = machine.acquire();
    machine.take(failure(second));
    assert_eq!(machine.state(), State::Open);
}

#[test]
fn silent_probes_lose_their_places_and_their_say() {
    let mut machine = Machine::half_open(LIMITS);
    let lost = machine.acquire();
    machine.now += 499;
    assert_eq!(machine.rejects_for(), 1);
    machine.now += 1;
    let probe = machine.acquire();
    for late in [Event::Success(lost), failure(lost), Event::Release(lost)] {
        let before = machine.word;
        assert_eq!(machine.take(late), Verdict::Stale);
        assert_eq!(machine.word, before);
    }
    machine.take(Event::Success(probe));
    assert_eq!(machine.state(), State::Closed);
}

#[test]
fn places_taken_back_keep_the_successes_that_were_counted() {
    let limits = Limits { success_threshold: 2, ..LIMITS };
    let mut machine = Machine::half_open(limits);
    let probe = machine.acquire();
    machine.take(Event::Success(probe));
    machine.acquire();
    machine.now += 500;
    let probe = machine.acquire();
    machine.take(Event::Success(probe));
    assert_eq!(machine.state(), State::Closed);
}

#[test]
fn an_outcome_of_an_earlier_era_changes_nothing() {
    let away = |permit| Event::Away(permit, 1);
    let outcomes: [fn(Word) -> Event; 4] = [Event::Success, failure, away, Event::Release];
    for outcome in outcomes {
        let mut machine = Machine::new(LIMITS);
        let early = machine.acquire();
        for change in [Event::Open, Event::HalfOpen, Event::Close, Event::Close] {
            machine.take(change);
            let before = machine.word;
            assert_eq!(machine.take(outcome(early)), Verdict::Stale);
            assert_eq!(machine.word, before);
        }
    }
}

#[test]
fn each_failed_round_of_probes_doubles_the_time_open() {
    let mut machine = Machine::open(Limits { max_ttl: 3_000, ..LIMITS });
    for open_for in [1_000, 2_000, 3_000, 3_000] {
        assert_eq!(machine.rejects_for(), open_for);
        machine.now += open_for;
        let probe = machine.acquire();
        machine.take(failure(probe));
    }
    machine.now += 3_000;
    let probe = machine.acquire();
    machine.take(Event::Success(probe));
    for _ in 0..3 {
        let permit = machine.acquire();
        machine.take(failure(permit));
    }
    assert_eq!(machine.rejects_for(), 1_000);
}

#[test]
fn a_dependency_that_is_away_opens_at_once_for_so_long() {
    // Shorter than the ttl, as long, longer, and longer than is believed.
    for (wait, open_for) in [(1, 1), (1_000, 1_000), (90_000, 90_000), (u32::MAX, LONGEST_AWAY)] {
        for now in [1_000, (1 << 35) - 10_000] {
            let mut machine = Machine { now, ..Machine::new(LIMITS) };
            let permit = machine.acquire();
            assert_eq!(machine.take(Event::Away(permit, wait)), Verdict::Applied);
            assert_eq!(machine.rejects_for(), u64::from(open_for));
            machine.now += u64::from(open_for) - 1;
            assert_eq!(machine.rejects_for(), 1);
            machine.now += 1;
            let probe = machine.acquire();
            machine.take(failure(probe));
            assert_eq!(machine.rejects_for(), 1_000, "as ever");
        }
    }
}

#[test]
fn a_probe_of_a_dependency_that_is_away_counts_as_a_failed_round() {
    let mut machine = Machine::half_open(Limits { max_ttl: 10_000, ..LIMITS });
    let probe = machine.acquire();
    machine.take(Event::Away(probe, 7));
    assert_eq!(machine.rejects_for(), 7);
    machine.now += 7;
    let probe = machine.acquire();
    machine.take(failure(probe));
    assert_eq!(machine.rejects_for(), 4_000);
}

#[test]
fn the_jitter_comes_on_top_of_the_time_away() {
    let mut machine = Machine::new(Limits { jitter: Share::new(1.0).expect("a share"), ..LIMITS });
    let permit = machine.acquire();
    machine.take(Event::Away(permit, 5_000));
    let jitter = machine.limits.jitter_of(machine.word, 0);
    assert!(jitter > 0 && jitter < 1_000, "{jitter}");
    assert_eq!(machine.rejects_for(), 5_000 + jitter);
}

#[test]
fn a_threshold_lowered_below_the_count_trips_at_the_next_failure() {
    let mut machine = Machine::new(Limits { threshold: 100, ..LIMITS });
    for _ in 0..50 {
        let permit = machine.acquire();
        machine.take(failure(permit));
    }
    machine.limits.threshold = 10;
    assert_eq!(machine.state(), State::Closed);
    let permit = machine.acquire();
    machine.take(failure(permit));
    assert_eq!(machine.state(), State::Open);
}

#[test]
fn being_watched_belongs_to_no_era() {
    let mut machine = Machine::new(LIMITS);
    let permit = machine.acquire();
    machine.take(Event::Watch(Watch::Calls));
    assert_eq!(machine.take(failure(permit)), Verdict::Applied);
    machine.take(Event::Open);
    assert!(machine.word.is_watched());
    machine.take(Event::Watch(Watch::Nothing));
    assert!(!machine.word.is_watched());
    assert_eq!(machine.state(), State::Open);
}
