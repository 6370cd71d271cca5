//! The pure step: `(word, event, limits, now) -> (verdict, word)`. No clock and no atomics in here.

use std::fmt;
use std::time::Duration;

use super::limits::Limits;
use super::policy::{Policy, Tally};
use super::word::{Phase, Stamp, Watch, Word};
use crate::clock::Moment;

/// Where a circuit breaker stands. The three states and their names are Nygard's (*Release It!*, 2007).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case")
)]
pub enum State {
    /// Calls are made, and failures counted.
    Closed,
    /// Calls are rejected without being made, until `ttl` has passed.
    Open,
    /// A few calls, the probes, are made to find out whether the dependency is back; the others are rejected.
    HalfOpen,
}

impl State {
    /// `"closed"`, `"open"` or `"half-open"`: what `Display` prints as well.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<Phase> for State {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Closed { .. } => Self::Closed,
            Phase::Open { .. } => Self::Open,
            Phase::HalfOpen { .. } => Self::HalfOpen,
        }
    }
}

/// The longest that a dependency is believed to be away, in milliseconds: an hour. A word can say so much.
pub(crate) const LONGEST_AWAY: u32 = 3_600_000;

/// What happens to a machine. The word inside an outcome is the one its permit was issued under.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// A call asks to be made.
    Acquire,
    /// As `Acquire`, for a call that may be made as a probe, whatever the time is and whoever else is out.
    #[cfg(feature = "storage")]
    Probe,
    /// As `Acquire`, for a call that may not be made as a probe, and is worth repeating after so many milliseconds.
    #[cfg(feature = "storage")]
    Wait(u64),
    Success(Word),
    /// With what the window holds, this failure included; where there is no window, nothing.
    Failure(Word, Tally),
    /// A failure of a dependency that will be away for so many milliseconds; see [`LONGEST_AWAY`].
    Away(Word, u32),
    /// The permit comes back without evidence: ignored or cancelled.
    Release(Word),
    /// By hand.
    Open,
    HalfOpen,
    Close,
    Watch(Watch),
}

#[cfg(feature = "storage")]
impl Event {
    /// The word of the permit whose call has ended, if that is what happens. (The step asks by a pattern of its own, which the
    /// compiler makes less of.)
    pub(crate) fn permit(&self) -> Option<Word> {
        match *self {
            Self::Success(permit)
            | Self::Failure(permit, _)
            | Self::Away(permit, _)
            | Self::Release(permit) => Some(permit),
            _ => None,
        }
    }
}

/// What a step decided, beside the word it leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Admitted,
    /// With the milliseconds until it is worth asking again.
    Rejected(u64),
    /// The outcome was counted, or the change by hand was made.
    Applied,
    /// The outcome belongs to an era that is over: it says nothing of this one.
    Stale,
}

/// The next word. `now` is read at most once, and only where a time is stamped or compared: a failure below the
/// threshold and a success need none. It must be read after `word` was.
pub(crate) fn step(
    word: Word,
    event: Event,
    limits: &Limits,
    now: impl FnOnce() -> Moment,
) -> (Verdict, Word) {
    match event {
        Event::Acquire => acquire(word, limits, now),
        #[cfg(feature = "storage")]
        Event::Probe => probe(word, limits, now),
        #[cfg(feature = "storage")]
        Event::Wait(wait) => match word.phase() {
            Phase::Closed { .. } => (Verdict::Admitted, word),
            Phase::Open { .. } | Phase::HalfOpen { .. } => (Verdict::Rejected(wait), word),
        },
        Event::Success(permit)
        | Event::Failure(permit, _)
        | Event::Away(permit, _)
        | Event::Release(permit)
            if !permit.same_era(word) =>
        {
            (Verdict::Stale, word)
        }
        Event::Success(_) => (Verdict::Applied, succeed(word, limits)),
        Event::Failure(_, tally) => (Verdict::Applied, fail(word, tally, limits, now)),
        Event::Away(_, wait) => (Verdict::Applied, away(word, wait, limits, now)),
        Event::Release(_) => (Verdict::Applied, release(word)),
        Event::Open => (Verdict::Applied, open(word, 0, now())),
        Event::HalfOpen => {
            let last_probe = Stamp::at(now());
            let phase = Phase::HalfOpen { last_probe, reopenings: 0, in_flight: 0, successes: 0 };
            (Verdict::Applied, word.next_era(phase))
        }
        Event::Close => (Verdict::Applied, word.next_era(Phase::Closed { failures: 0 })),
        Event::Watch(watch) => (Verdict::Applied, word.watched(watch)),
    }
}

fn acquire(word: Word, limits: &Limits, now: impl FnOnce() -> Moment) -> (Verdict, Word) {
    match word.phase() {
        Phase::Closed { .. } => (Verdict::Admitted, word),
        Phase::Open { opened_at, reopenings } => {
            let now = now();
            let wait = opened_at.left_of(limits.time_open(word, reopenings), now);
            if wait > 0 {
                return (Verdict::Rejected(wait), word);
            }
            (Verdict::Admitted, probed(word, limits, now))
        }
        Phase::HalfOpen { last_probe, in_flight, .. } => {
            let now = now();
            if in_flight >= limits.probes {
                let wait = last_probe.left_of(limits.probe_timeout.into(), now);
                if wait > 0 {
                    return (Verdict::Rejected(wait), word);
                }
            }
            (Verdict::Admitted, probed(word, limits, now))
        }
    }
}

#[cfg(feature = "storage")]
fn probe(word: Word, limits: &Limits, now: impl FnOnce() -> Moment) -> (Verdict, Word) {
    let word = match word.phase() {
        Phase::Closed { .. } => word,
        Phase::Open { .. } | Phase::HalfOpen { .. } => probed(word, limits, now()),
    };
    (Verdict::Admitted, word)
}

/// The word with one more probe out.
fn probed(word: Word, limits: &Limits, now: Moment) -> Word {
    let last_probe = Stamp::at(now);
    match word.phase() {
        Phase::Closed { .. } => word,
        Phase::Open { reopenings, .. } => {
            word.next_era(Phase::HalfOpen { last_probe, reopenings, in_flight: 1, successes: 0 })
        }
        Phase::HalfOpen { reopenings, in_flight, successes, .. } if in_flight < limits.probes => {
            let in_flight = in_flight + 1;
            word.with(Phase::HalfOpen { last_probe, reopenings, in_flight, successes })
        }
        // Every place is held by a probe that has been silent for the whole timeout. A new era takes the places back,
        // and with them whatever those probes may still come to say.
        Phase::HalfOpen { reopenings, successes, .. } => {
            word.next_era(Phase::HalfOpen { last_probe, reopenings, in_flight: 1, successes })
        }
    }
}

fn succeed(word: Word, limits: &Limits) -> Word {
    match word.phase() {
        Phase::Closed { .. } => word.with(Phase::Closed { failures: 0 }),
        Phase::Open { .. } => word,
        Phase::HalfOpen { last_probe, reopenings, in_flight, successes } => {
            let successes = successes.saturating_add(1);
            if successes >= limits.success_threshold {
                return word.next_era(Phase::Closed { failures: 0 });
            }
            let in_flight = in_flight.saturating_sub(1);
            word.with(Phase::HalfOpen { last_probe, reopenings, in_flight, successes })
        }
    }
}

fn fail(word: Word, tally: Tally, limits: &Limits, now: impl FnOnce() -> Moment) -> Word {
    match word.phase() {
        Phase::Closed { failures } => {
            let (failures, trips) = match limits.policy {
                Policy::Consecutive => {
                    let failures = failures.saturating_add(1);
                    (failures, failures >= limits.threshold)
                }
                // A run of failures that was counted before there was a window is none any more.
                Policy::Windowed(rule) => (0, rule.trips(limits.threshold, tally)),
            };
            if trips {
                return open(word, 0, now());
            }
            word.with(Phase::Closed { failures })
        }
        Phase::Open { .. } => word,
        Phase::HalfOpen { reopenings, .. } => open(word, reopenings.saturating_add(1), now()),
    }
}

/// Opens it as a trip or a failed probe does, but for so long.
fn away(word: Word, wait: u32, limits: &Limits, now: impl FnOnce() -> Moment) -> Word {
    let reopenings = match word.phase() {
        Phase::Closed { .. } => 0,
        Phase::Open { .. } => return word,
        Phase::HalfOpen { reopenings, .. } => {
            reopenings.saturating_add(1).min(Word::MAX_REOPENINGS)
        }
    };
    let now = now();
    let until = now.after(wait.min(LONGEST_AWAY).into());
    // The time open is what the settings say; so it is when it opened that is made to fit.
    let opened_at = Stamp::before(until, limits.time_open_without_jitter(reopenings), now);
    word.next_era(Phase::Open { opened_at, reopenings })
}

fn release(word: Word) -> Word {
    match word.phase() {
        Phase::Closed { .. } | Phase::Open { .. } => word,
        Phase::HalfOpen { last_probe, reopenings, in_flight, successes } => {
            let in_flight = in_flight.saturating_sub(1);
            word.with(Phase::HalfOpen { last_probe, reopenings, in_flight, successes })
        }
    }
}

fn open(word: Word, reopenings: u8, now: Moment) -> Word {
    let reopenings = reopenings.min(Word::MAX_REOPENINGS);
    word.next_era(Phase::Open { opened_at: Stamp::at(now), reopenings })
}

/// How long until the next call is let in: `None` where it would be now.
pub(crate) fn reopens_in(word: Word, limits: &Limits, now: Moment) -> Option<Duration> {
    match step(word, Event::Acquire, limits, || now).0 {
        Verdict::Rejected(wait) => Some(Duration::from_millis(wait)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
