//! Rounds: everyone's turn once, and then again, so that what the machine does meanwhile meets all alike.

use std::time::{Duration, Instant};

use crate::allocations::allocations;
use crate::row::Row;
use crate::scenario::{Job, Scenario};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) rounds: usize,
    /// How long one turn takes, about.
    pub(crate) turn: Duration,
    pub(crate) is_quick: bool,
}

pub(crate) const FULL: Pace = Pace { rounds: 101, turn: Duration::from_millis(3), is_quick: false };
pub(crate) const QUICK: Pace = Pace { rounds: 7, turn: Duration::from_micros(500), is_quick: true };

/// What was measured of one scenario.
pub(crate) struct Measured {
    /// Nanoseconds per call, turn by turn.
    pub(crate) turns: Vec<f64>,
    /// Of each call.
    pub(crate) allocations: f64,
}

/// The scenarios of one table, in turns.
pub(crate) fn rounds(scenarios: &[Scenario], pace: Pace) -> Vec<Row> {
    let row = |(scenario, mut measured): (&Scenario, Measured)| {
        let mut row = row(scenario.group.key, scenario.who, &scenario.what, &mut measured.turns);
        row.size = scenario.size;
        row.allocations = Some(measured.allocations);
        row
    };
    scenarios.iter().zip(in_turns(scenarios, pace)).map(row).collect()
}

/// Everyone's turns, in the order in which they were taken: those of one round have the same place.
pub(crate) fn in_turns(scenarios: &[Scenario], pace: Pace) -> Vec<Measured> {
    let clock = clock();
    let mut turns: Vec<Turn> = scenarios.iter().map(|scenario| Turn::new(scenario, pace)).collect();
    for round in 0..pace.rounds {
        // There and back, so that nobody always comes after the same one.
        if round % 2 == 0 {
            for turn in &mut turns {
                turn.take(clock);
            }
        } else {
            for turn in turns.iter_mut().rev() {
                turn.take(clock);
            }
        }
    }
    turns.into_iter().map(Turn::measured).collect()
}

/// Median, tenth and ninetieth percentile.
pub(crate) fn row(group: &str, who: &str, what: &str, samples: &mut [f64]) -> Row {
    samples.sort_by(f64::total_cmp);
    let last = samples.len() - 1;
    Row {
        group: group.to_owned(),
        who: who.to_owned(),
        what: what.to_owned(),
        median: samples[last / 2],
        tenth: samples[last / 10],
        ninetieth: samples[last * 9 / 10],
        ..Row::default()
    }
}

pub(crate) fn nanoseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

#[expect(clippy::cast_precision_loss, reason = "numbers of calls stay far below 2^52")]
pub(crate) fn number(calls: u64) -> f64 {
    calls as f64
}

/// The greatest number of calls, in multiples of `unit` and no more than `most`, that takes no longer than `turn`,
/// about.
pub(crate) fn calls_within(
    turn: Duration,
    (unit, most): (u64, u64),
    mut run: impl FnMut(u64) -> Duration,
) -> u64 {
    let mut calls = unit;
    loop {
        let taken = run(calls);
        if taken >= turn / 4 {
            let units = nanoseconds(turn) / nanoseconds(taken).max(1.0) * number(calls / unit);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a small positive number"
            )]
            return (unit * (units as u64).max(1)).min(most);
        }
        if calls >= most {
            return most;
        }
        calls = (calls * 2).min(most);
    }
}

/// What taking the time costs by itself.
fn clock() -> Duration {
    let mut all: Vec<Duration> = (0..1001).map(|_| Instant::now().elapsed()).collect();
    all.sort();
    all[all.len() / 2]
}

struct Turn {
    job: Box<dyn Job>,
    calls: u64,
    samples: Vec<f64>,
}

impl Turn {
    fn new(scenario: &Scenario, pace: Pace) -> Self {
        let mut job = scenario.make();
        let calls = calls_within(pace.turn, (scenario.unit, scenario.most), |calls| {
            job.prepare(calls);
            let begun = Instant::now();
            job.run(calls);
            begun.elapsed()
        });
        Self { job, calls, samples: Vec::with_capacity(pace.rounds) }
    }

    fn take(&mut self, clock: Duration) {
        self.job.prepare(self.calls);
        let begun = Instant::now();
        self.job.run(self.calls);
        let taken = begun.elapsed().saturating_sub(clock);
        self.samples.push(nanoseconds(taken) / number(self.calls));
    }

    fn measured(mut self) -> Measured {
        self.job.prepare(self.calls);
        let made = allocations(|| self.job.run(self.calls));
        Measured { turns: self.samples, allocations: number(made) / number(self.calls) }
    }
}
