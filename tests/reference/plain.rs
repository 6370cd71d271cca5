//! The reference: a circuit breaker of plain integers, written to be read beside the promises and not to be fast.

use std::collections::BTreeMap;
use std::time::Duration;

use circuit_runtime::{Calls, Mode, OnCancel, Permit as Real, Rule, Settings, State};

/// What is remembered of a call that was let through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permit {
    counted_in: Era,
    begun: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Era {
    /// While disabled: not counted at all.
    None,
    /// In shadow, where it would have been rejected: counted, and no evidence.
    NoEvidence,
    Number(u64),
}

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Success,
    Failure,
    /// A failure that says for how long the dependency will be away.
    Unavailable(Duration),
    Excluded,
    Ignored,
    Dropped,
    Panic,
    /// `mem::forget`: it never ends.
    Forgotten,
}

/// A rejection: in which state, and for how long.
pub(crate) type Rejection = (State, Option<Duration>);

/// How long it is open for, and how much of that is beyond what the settings say before chance adds to it, in milliseconds.
#[derive(Clone, Copy, Debug)]
enum Phase {
    Closed { failures: u32 },
    Open { at: Duration, reopenings: u32, open_for: i128, beyond: i128 },
    HalfOpen { last_probe: Duration, reopenings: u32, in_flight: u32, successes: u32 },
}

/// The last trip: its rule, what was measured, and among how many calls.
pub(crate) type Trip = (Rule, u32, u32, Option<u64>);

#[derive(Debug)]
pub(crate) struct Plain {
    pub(crate) settings: Settings,
    pub(crate) mode: Mode,
    pub(crate) now: Duration,
    pub(crate) calls: Calls,
    pub(crate) transitions: BTreeMap<(&'static str, &'static str), u64>,
    pub(crate) time_in: BTreeMap<&'static str, Duration>,
    pub(crate) trip: Option<Trip>,
    phase: Phase,
    since: Duration,
    era: u64,
    /// When the slot of each call began, and whether it failed.
    window: Vec<(u128, bool)>,
}

/// What the reference is told of a breaker that opened: the share that chance has added is not its own to draw.
pub(crate) type OpenFor<'a> = &'a dyn Fn() -> Duration;

impl Plain {
    pub(crate) fn new(settings: Settings, now: Duration) -> Self {
        Self {
            settings,
            mode: Mode::Normal,
            now,
            calls: Calls::default(),
            transitions: BTreeMap::new(),
            time_in: BTreeMap::new(),
            trip: None,
            phase: Phase::Closed { failures: 0 },
            since: now,
            era: 0,
            window: Vec::new(),
        }
    }

    pub(crate) fn ask(&mut self) -> Result<Permit, Rejection> {
        match self.mode {
            Mode::Disabled => return Ok(Permit { counted_in: Era::None, begun: None }),
            Mode::ForcedOpen => {
                self.calls.rejected += 1;
                return Err((State::Open, None));
            }
            _ => {}
        }
        let wait = self.wait();
        let begun = self.settings.get_slow_call().map(|_| self.now);
        if !wait.is_zero() {
            if self.mode == Mode::Shadow {
                return Ok(Permit { counted_in: Era::NoEvidence, begun });
            }
            self.calls.rejected += 1;
            return Err((self.machine_state(), Some(wait)));
        }
        let last_probe = self.now;
        match self.phase {
            Phase::Closed { .. } => {}
            Phase::Open { reopenings, .. } => {
                self.enter(Phase::HalfOpen { last_probe, reopenings, in_flight: 1, successes: 0 });
            }
            Phase::HalfOpen { reopenings, in_flight, successes, .. } => {
                let in_flight = if in_flight < self.settings.get_probes() {
                    in_flight + 1
                } else {
                    // All of them were silent for too long, and have lost their places.
                    self.era += 1;
                    1
                };
                self.phase = Phase::HalfOpen { last_probe, reopenings, in_flight, successes };
            }
        }
        Ok(Permit { counted_in: Era::Number(self.era), begun })
    }

    /// How long until the next call is let in: counted in milliseconds from the end of the one in which it began.
    fn wait(&self) -> Duration {
        let left = |from: Duration, limit: i128| {
            let left = signed(millis(from)) + limit - signed(self.now.as_millis());
            Duration::from_millis(u64::try_from(left).unwrap_or(0))
        };
        match self.phase {
            Phase::Closed { .. } => Duration::ZERO,
            Phase::Open { at, open_for, .. } => left(at, open_for),
            Phase::HalfOpen { in_flight, .. } if in_flight < self.settings.get_probes() => {
                Duration::ZERO
            }
            Phase::HalfOpen { last_probe, .. } => {
                left(last_probe, signed(millis(self.settings.get_probe_timeout())))
            }
        }
    }

    pub(crate) fn end(&mut self, permit: Permit, outcome: Outcome, open_for: OpenFor<'_>) {
        if permit.counted_in == Era::None || outcome == Outcome::Forgotten {
            return;
        }
        let is_slow =
            permit.begun.zip(self.settings.get_slow_call()).is_some_and(|(begun, most)| {
                self.now.as_micros() - begun.as_micros() > most.as_nanos().div_ceil(1_000)
            });
        let cancel_fails = self.settings.get_on_cancel() == OnCancel::Failure;
        let counted = match outcome {
            Outcome::Success | Outcome::Excluded | Outcome::Dropped if is_slow => Outcome::Failure,
            Outcome::Dropped if cancel_fails => Outcome::Failure,
            Outcome::Panic => Outcome::Failure,
            outcome => outcome,
        };
        match counted {
            Outcome::Success => self.calls.success += 1,
            Outcome::Excluded => self.calls.excluded += 1,
            Outcome::Ignored => self.calls.ignored += 1,
            Outcome::Dropped => self.calls.cancelled += 1,
            Outcome::Failure | Outcome::Unavailable(_) | Outcome::Panic | Outcome::Forgotten => {
                self.calls.failure += 1;
                self.calls.slow += u64::from(is_slow);
            }
        }
        if permit.counted_in != Era::Number(self.era) {
            return;
        }
        match counted {
            Outcome::Success | Outcome::Excluded => self.succeed(),
            Outcome::Ignored | Outcome::Dropped => self.release(),
            Outcome::Unavailable(wait) if !wait.is_zero() => self.fail_for(wait, open_for),
            Outcome::Failure | Outcome::Unavailable(_) | Outcome::Panic | Outcome::Forgotten => {
                self.fail(open_for);
            }
        }
    }

    fn succeed(&mut self) {
        match self.phase {
            Phase::Closed { .. } => {
                self.phase = Phase::Closed { failures: 0 };
                if self.counts_calls() {
                    self.record(false);
                }
            }
            Phase::Open { .. } => {}
            Phase::HalfOpen { last_probe, reopenings, in_flight, successes } => {
                let (in_flight, successes) = (in_flight - 1, successes + 1);
                if successes >= self.settings.get_success_threshold() {
                    return self.enter(Phase::Closed { failures: 0 });
                }
                self.phase = Phase::HalfOpen { last_probe, reopenings, in_flight, successes };
            }
        }
    }

    fn release(&mut self) {
        if let Phase::HalfOpen { in_flight, .. } = &mut self.phase {
            *in_flight -= 1;
        }
    }

    fn fail(&mut self, open_for: OpenFor<'_>) {
        let threshold = self.settings.get_threshold();
        let reopenings = match self.phase {
            Phase::Open { .. } => return,
            Phase::HalfOpen { reopenings, .. } => {
                self.trip = Some((Rule::ProbeFailed, 1, 1, None));
                reopenings + 1
            }
            Phase::Closed { failures } if self.settings.get_window().is_none() => {
                let failures = failures + 1;
                self.phase = Phase::Closed { failures };
                if failures < threshold {
                    return;
                }
                self.trip = Some((Rule::ConsecutiveFailures, failures, threshold, None));
                0
            }
            Phase::Closed { .. } => {
                self.phase = Phase::Closed { failures: 0 };
                let (failures, calls) = self.record(true);
                let rate = self.settings.get_failure_rate();
                let is_reached =
                    rate.is_none_or(|rate| f64::from(failures) >= rate * f64::from(calls));
                let minimum = self.settings.get_minimum_calls();
                if failures < threshold || calls < minimum || !is_reached {
                    return;
                }
                let rule = if rate.is_some() { Rule::FailureRate } else { Rule::FailuresInWindow };
                let calls = self.counts_calls().then_some(calls.into());
                self.trip = Some((rule, failures, threshold, calls));
                0
            }
        };
        self.enter_open(reopenings, 0, open_for);
    }

    fn fail_for(&mut self, wait: Duration, open_for: OpenFor<'_>) {
        let reopenings = match self.phase {
            Phase::Open { .. } => return,
            Phase::HalfOpen { reopenings, .. } => reopenings + 1,
            Phase::Closed { .. } => 0,
        };
        self.trip = Some((Rule::RetryAfter, 1, 1, None));
        let wait = millis(wait.min(Real::LONGEST_WAIT));
        let beyond = signed(wait) - signed(self.doubled_after(reopenings));
        self.enter_open(reopenings, beyond, open_for);
    }

    pub(crate) fn open(&mut self, open_for: OpenFor<'_>) {
        self.trip = Some((Rule::ByHand, 0, 0, None));
        self.enter_open(0, 0, open_for);
    }

    fn enter_open(&mut self, reopenings: u32, beyond: i128, open_for: OpenFor<'_>) {
        let open_for = signed(millis(open_for()));
        self.enter(Phase::Open { at: self.now, reopenings, open_for, beyond });
        if self.settings.get_jitter() == 0.0 {
            self.time_open();
        }
    }

    /// Has it be open for what the settings say.
    fn time_open(&mut self) {
        let asked = self.asked_millis();
        if let Phase::Open { open_for, .. } = &mut self.phase {
            *open_for = asked;
        }
    }

    pub(crate) fn half_open(&mut self) {
        let last_probe = self.now;
        self.enter(Phase::HalfOpen { last_probe, reopenings: 0, in_flight: 0, successes: 0 });
    }

    pub(crate) fn close(&mut self) {
        self.enter(Phase::Closed { failures: 0 });
    }

    /// Changes settings. The time an open breaker stays open is that of the new ones, from when it opened.
    pub(crate) fn change(&mut self, settings: Settings) {
        let counted_before = self.counts_calls();
        self.settings = settings;
        if self.counts_calls() && !counted_before {
            // Nobody knows how many there have been.
            self.window.clear();
        }
        if settings.get_jitter() == 0.0 {
            self.time_open();
        }
    }

    /// The time open after so many failed rounds of probes, or what was asked for, before chance adds to it.
    fn asked_millis(&self) -> i128 {
        let Phase::Open { reopenings, beyond, .. } = self.phase else { return 0 };
        signed(self.doubled_after(reopenings)) + beyond
    }

    pub(crate) fn asked(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.asked_millis()).unwrap_or(0))
    }

    /// The most that chance adds to the time open.
    pub(crate) fn jitter(&self) -> Duration {
        let Phase::Open { reopenings, .. } = self.phase else { return Duration::ZERO };
        let doubled = u64::try_from(self.doubled_after(reopenings)).unwrap();
        Duration::from_millis(doubled).mul_f64(self.settings.get_jitter())
    }

    fn doubled_after(&self, reopenings: u32) -> u128 {
        let (ttl, most) = (millis(self.settings.get_ttl()), millis(self.settings.get_max_ttl()));
        (0..reopenings).fold(ttl, |time, _| (time * 2).min(most))
    }

    fn enter(&mut self, phase: Phase) {
        let from = self.machine_state().as_str();
        *self.time_in.entry(from).or_default() += self.now.saturating_sub(self.since);
        self.since = self.now;
        self.phase = phase;
        self.era += 1;
        self.window.clear();
        let to = self.machine_state().as_str();
        if from != to {
            *self.transitions.entry((from, to)).or_default() += 1;
        }
    }

    fn counts_calls(&self) -> bool {
        let settings = &self.settings;
        let asks_for_more = settings.get_minimum_calls() > settings.get_threshold();
        settings.get_window().is_some() && (settings.get_failure_rate().is_some() || asks_for_more)
    }

    /// Adds a call to the window, and returns the failures and calls in it.
    fn record(&mut self, failed: bool) -> (u32, u32) {
        let slot = self.slot();
        let last = self.window.last().map_or(0, |(slot, _)| *slot);
        let slot = slot.max(last);
        let length = self.slot_length() * 100;
        self.window.retain(|(began, _)| began + length > slot);
        self.window.push((slot, failed));
        self.tally(slot)
    }

    fn slot_length(&self) -> u128 {
        self.settings.get_window().map_or(0, |window| window.as_nanos() / 100)
    }

    /// When the slot of the present began.
    fn slot(&self) -> u128 {
        let now = self.now.as_nanos();
        now - now % self.slot_length()
    }

    fn tally(&self, slot: u128) -> (u32, u32) {
        let length = self.slot_length() * 100;
        let inside = self.window.iter().filter(|(began, _)| began + length > slot);
        let failures = inside.clone().filter(|(_, failed)| *failed).count();
        (u32::try_from(failures).unwrap(), u32::try_from(inside.count()).unwrap())
    }

    fn machine_state(&self) -> State {
        match self.phase {
            Phase::Closed { .. } => State::Closed,
            Phase::Open { .. } => State::Open,
            Phase::HalfOpen { .. } => State::HalfOpen,
        }
    }

    pub(crate) fn state(&self) -> State {
        match self.machine_state() {
            _ if self.mode == Mode::ForcedOpen => State::Open,
            State::Open if self.wait().is_zero() => State::HalfOpen,
            state => state,
        }
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        Some(self.wait()).filter(|wait| self.mode == Mode::Normal && !wait.is_zero())
    }

    pub(crate) fn failures(&self) -> u32 {
        match (self.phase, self.settings.get_window()) {
            (Phase::Closed { failures }, None) => failures,
            (Phase::Closed { .. }, Some(_)) => self.tally(self.slot()).0,
            _ => 0,
        }
    }

    pub(crate) fn window_calls(&self) -> Option<u64> {
        let is_closed = self.machine_state() == State::Closed;
        (is_closed && self.counts_calls()).then(|| self.tally(self.slot()).1.into())
    }

    pub(crate) fn successes(&self) -> u32 {
        match self.phase {
            Phase::HalfOpen { successes, .. } => successes,
            _ => 0,
        }
    }

    pub(crate) fn in_flight(&self) -> u32 {
        match self.phase {
            Phase::HalfOpen { in_flight, .. } => in_flight,
            _ => 0,
        }
    }

    /// Time in `state`, the present one included.
    pub(crate) fn time_in(&self, state: State) -> Duration {
        let past = self.time_in.get(state.as_str()).copied().unwrap_or_default();
        if state == self.machine_state() {
            past + self.now.saturating_sub(self.since)
        } else {
            past
        }
    }
}

fn signed(millis: u128) -> i128 {
    i128::try_from(millis).unwrap()
}

fn millis(span: Duration) -> u128 {
    span.as_nanos().div_ceil(1_000_000)
}
