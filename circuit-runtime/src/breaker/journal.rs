//! What a breaker remembers of its past: transitions, times in state, and what the last failures said.
//!
//! The journal lags behind nothing: a change of state is made while its lock is held, so it tells them in the
//! order in which they happened. Calls that change no state take it only to write down what a failure near a trip
//! said, and to forget it after a success.

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, SystemTime};

use super::text::Text;
use super::trip::{Finding, Trip};
use crate::clock::Moment;
use crate::machine::{Event, Limits, Phase, State, Tally, Word};

/// One pair of states between which a breaker can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Transition {
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// How many times.
    pub count: u64,
}

/// How often a breaker went from which state to which.
///
/// ```
/// # use circuit_runtime::{CircuitBreaker, Settings, State};
/// # let breaker = CircuitBreaker::new("db", Settings::new())?;
/// breaker.open();
/// breaker.close();
/// let transitions = breaker.snapshot().transitions;
/// assert_eq!(transitions.count(State::Closed, State::Open), 1);
/// assert_eq!(transitions.total(), 2);
/// # Ok::<(), circuit_runtime::SettingsError>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Transitions([[u64; 3]; 3]);

impl Transitions {
    /// How often it went from `from` to `to`.
    pub fn count(&self, from: State, to: State) -> u64 {
        self.0[from as usize][to as usize]
    }

    /// How often it went anywhere.
    pub fn total(&self) -> u64 {
        self.0.iter().flatten().sum()
    }

    /// All six pairs of two different states.
    pub fn iter(&self) -> impl Iterator<Item = Transition> + '_ {
        const STATES: [State; 3] = [State::Closed, State::Open, State::HalfOpen];
        STATES.into_iter().flat_map(move |from| {
            let others = STATES.into_iter().filter(move |&to| to != from);
            others.map(move |to| Transition { from, to, count: self.count(from, to) })
        })
    }
}

impl fmt::Debug for Transitions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self.iter().map(|pair| (format!("{} -> {}", pair.from, pair.to), pair.count));
        f.debug_map().entries(pairs).finish()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Transitions {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// A change of state, and what made it.
pub(super) struct Change {
    pub(super) before: Word,
    pub(super) after: Word,
    pub(super) cause: Cause,
}

/// What makes a change of state.
#[derive(Clone, Copy)]
pub(super) enum Cause {
    Hand,
    /// A call; with what the window held, where there is one.
    Call(Tally),
    /// A dependency that said for how many milliseconds it will be away.
    Away(u32),
}

impl Cause {
    pub(super) fn of(event: Event) -> Self {
        match event {
            Event::Open | Event::HalfOpen | Event::Close => Self::Hand,
            Event::Failure(_, tally) => Self::Call(tally),
            Event::Away(_, wait) => Self::Away(wait),
            _ => Self::Call(Tally::default()),
        }
    }
}

/// What a journal says of an era that is to be restored.
#[cfg(feature = "test-util")]
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    opened_at: Option<SystemTime>,
    failures: VecDeque<(u32, Text)>,
}

/// How many of the failures before a trip are kept.
pub(super) const KEPT_FAILURES: u32 = 5;

#[derive(Debug)]
pub(super) struct Journal {
    since: Moment,
    opened_at: Option<SystemTime>,
    /// Whether it has opened, and not closed since.
    has_opened: bool,
    time_in: [Duration; 3],
    transitions: Transitions,
    /// Those near a trip, each with the epoch of its era, the latest last. There is room for as many as there were at one
    /// time since the last trip.
    failures: VecDeque<(u32, Text)>,
}

impl Journal {
    pub(super) fn new(now: Moment) -> Self {
        Self {
            since: now,
            opened_at: None,
            has_opened: false,
            time_in: [Duration::ZERO; 3],
            transitions: Transitions::default(),
            failures: VecDeque::new(),
        }
    }

    /// Another clock has taken over: its times cannot be compared with those so far.
    #[cfg(feature = "test-util")]
    pub(super) fn restart(&mut self, now: Moment) {
        self.since = now;
        self.time_in = [Duration::ZERO; 3];
    }

    /// A success has ended the run of failures: what they said belongs to no later trip.
    pub(super) fn run_ended(&mut self) {
        self.failures.clear();
    }

    pub(super) fn failed(&mut self, permit: Word, text: Text) {
        if self.failures.len() == KEPT_FAILURES as usize {
            self.failures.pop_front();
        } else {
            self.failures.reserve_exact(1);
        }
        self.failures.push_back((permit.epoch(), text));
    }

    /// Books a change, made at `now`; returns the trip if it was one.
    pub(super) fn changed(
        &mut self,
        breaker: &str,
        Change { before, after, cause }: Change,
        limits: &Limits,
        now: Moment,
    ) -> Option<Trip> {
        let from = self.passed(before, after, now);
        let Phase::Open { reopenings, .. } = after.phase() else {
            self.opened_at = None;
            return None;
        };
        let at = SystemTime::now();
        self.opened_at = Some(at);
        let time_open = limits.time_open(after, reopenings);
        let (finding, open_for) = match cause {
            Cause::Hand => (Finding::BY_HAND, time_open),
            Cause::Call(tally) => (Finding::of(before.phase(), tally, limits), time_open),
            Cause::Away(wait) => {
                (Finding::RETRY_AFTER, u64::from(wait) + limits.jitter_of(after, reopenings))
            }
        };
        let Finding { rule, measured, limit, window, calls, failure_rate, minimum_calls } = finding;
        // Of threads that fail at the same time, one may write its text down too late for its own trip.
        let kept = measured.min(KEPT_FAILURES) as usize;
        let of_this_run = self.failures.iter().filter(|(epoch, _)| *epoch == before.epoch());
        let last_failures: Vec<_> =
            of_this_run.rev().take(kept).map(|(_, text)| text.as_str().to_owned()).collect();
        // With the room for them: the next run of failures may be far off.
        self.failures = VecDeque::new();
        Some(Trip {
            breaker: breaker.into(),
            rule,
            measured,
            limit,
            window,
            calls,
            failure_rate,
            minimum_calls,
            last_failures: last_failures.into_iter().rev().collect(),
            at,
            from,
            open_for: Duration::from_millis(open_for),
            instance: None,
            notes: Vec::new(),
        })
    }

    /// Books the time that passed in the state of `before`, and returns that.
    fn passed(&mut self, before: Word, after: Word, now: Moment) -> State {
        let (from, to) = (State::from(before.phase()), State::from(after.phase()));
        self.time_in[from as usize] += now.since(self.since);
        self.since = now;
        self.has_opened = to == State::Open || (self.has_opened && to == State::HalfOpen);
        if from != to {
            self.transitions.0[from as usize][to as usize] += 1;
        }
        from
    }

    pub(super) fn opened_at(&self) -> Option<SystemTime> {
        self.opened_at
    }

    #[cfg(feature = "ops")]
    pub(super) fn has_opened(&self) -> bool {
        self.has_opened
    }

    pub(super) fn transitions(&self) -> Transitions {
        self.transitions
    }

    /// Time spent in each state so far, the current one included.
    pub(super) fn time_in(&self, current: State, now: Moment) -> [Duration; 3] {
        let mut time_in = self.time_in;
        time_in[current as usize] += now.since(self.since);
        time_in
    }

    #[cfg(feature = "storage")]
    pub(super) fn last_failure(&self) -> Option<String> {
        self.failures.back().map(|(_, text)| text.as_str().to_owned())
    }

    /// Books a change to an era of the fleet's, open since `opened_at` if it is.
    #[cfg(feature = "storage")]
    pub(super) fn adopted(
        &mut self,
        before: Word,
        after: Word,
        opened_at: Option<SystemTime>,
        now: Moment,
    ) {
        self.passed(before, after, now);
        self.opened_at = opened_at;
        self.failures = VecDeque::new();
    }

    #[cfg(feature = "test-util")]
    pub(super) fn remembered(&self) -> Remembered {
        Remembered { opened_at: self.opened_at, failures: self.failures.clone() }
    }

    /// Books a change to an era that is as one before it was.
    #[cfg(feature = "test-util")]
    pub(super) fn restored(
        &mut self,
        before: Word,
        after: Word,
        Remembered { opened_at, failures }: Remembered,
        now: Moment,
    ) {
        self.passed(before, after, now);
        self.opened_at = opened_at;
        self.failures = failures;
        self.failures.iter_mut().for_each(|(epoch, _)| *epoch = after.epoch());
    }
}
