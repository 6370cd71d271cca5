//! Random schedules: settings, and what happens to a breaker that has them.

use std::time::Duration;

use circuit_runtime::{Mode, OnCancel, Settings};
use proptest::prelude::*;

use crate::plain::Outcome;

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A call asks to be made.
    Ask,
    /// One of the calls that are out ends.
    End(prop::sample::Index, Outcome),
    /// A call asks and ends at once.
    Call(Outcome),
    Wait(Duration),
    Open,
    HalfOpen,
    Close,
    Mode(Mode),
    Change(Change),
}

/// A live change of one setting.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    Threshold(u32),
    Ttl(Duration),
    MaxTtl(Duration),
    ProbeTimeout(Duration),
    Probes(u32),
    SuccessThreshold(u32),
    SlowCall(Duration),
    OnCancel(OnCancel),
    FailureRate(f64),
    MinimumCalls(u32),
    /// Twice as long; a breaker without a window gets one.
    LongerWindow,
}

impl Change {
    pub(crate) fn of(self, settings: &Settings) -> Settings {
        let new = Settings::new();
        match self {
            Self::Threshold(threshold) => new.threshold(threshold),
            Self::Ttl(ttl) => new.ttl(ttl),
            Self::MaxTtl(max_ttl) => new.max_ttl(max_ttl),
            Self::ProbeTimeout(timeout) => new.probe_timeout(timeout),
            Self::Probes(probes) => new.probes(probes),
            Self::SuccessThreshold(successes) => new.success_threshold(successes),
            Self::SlowCall(limit) => new.slow_call(limit),
            Self::OnCancel(on_cancel) => new.on_cancel(on_cancel),
            Self::FailureRate(rate) => new.failure_rate(rate),
            Self::MinimumCalls(calls) => new.minimum_calls(calls),
            Self::LongerWindow => {
                new.window(settings.get_window().map_or(ms(500), |window| window * 2))
            }
        }
    }

    /// Whether it changes how long an open breaker stays open. Where chance has its share in that, the reference cannot
    /// follow.
    pub(crate) fn is_of_time_open(self) -> bool {
        matches!(self, Self::Ttl(_) | Self::MaxTtl(_))
    }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Times that lie about the limits below, some of them between two milliseconds.
fn wait() -> impl Strategy<Value = Duration> {
    prop_oneof![
        3 => (1..40_u64).prop_map(ms),
        3 => (1..30_u64).prop_map(|tens| ms(tens * 10)),
        2 => (1..20_u64).prop_map(|hundreds| ms(hundreds * 100)),
        1 => (1..5_000_u64).prop_map(Duration::from_micros),
    ]
}

fn limit() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (1..50_u64).prop_map(|tens| ms(tens * 10)),
        (1..5_000_u64).prop_map(|hundreds| Duration::from_micros(hundreds * 100)),
    ]
}

/// For how long a dependency says that it will be away.
fn away() -> impl Strategy<Value = Duration> {
    prop_oneof![
        6 => limit(),
        1 => Just(Duration::ZERO),
        1 => prop_oneof![Just(ms(3_600_000)), Just(Duration::MAX)],
    ]
}

/// Mostly few; and so many that the first failures are no news.
fn threshold() -> impl Strategy<Value = u32> {
    prop_oneof![4 => 1..6_u32, 1 => 6..12_u32]
}

fn rate() -> impl Strategy<Value = f64> {
    // As fractions with small denominators, where a rate is reached exactly or not at all.
    (1..=12_u32, 1..=12_u32).prop_map(|(a, b)| f64::from(a.min(b)) / f64::from(a.max(b)))
}

fn on_cancel() -> impl Strategy<Value = OnCancel> {
    prop_oneof![Just(OnCancel::Ignore), Just(OnCancel::Failure)]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        6 => Just(Outcome::Success),
        8 => Just(Outcome::Failure),
        1 => away().prop_map(Outcome::Unavailable),
        2 => Just(Outcome::Excluded),
        2 => Just(Outcome::Ignored),
        2 => Just(Outcome::Dropped),
        1 => Just(Outcome::Panic),
        1 => Just(Outcome::Forgotten),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        threshold().prop_map(Change::Threshold),
        limit().prop_map(Change::Ttl),
        limit().prop_map(Change::MaxTtl),
        limit().prop_map(Change::ProbeTimeout),
        (1..4_u32).prop_map(Change::Probes),
        (1..4_u32).prop_map(Change::SuccessThreshold),
        limit().prop_map(Change::SlowCall),
        on_cancel().prop_map(Change::OnCancel),
        rate().prop_map(Change::FailureRate),
        (1..12_u32).prop_map(Change::MinimumCalls),
        Just(Change::LongerWindow),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let mode = prop_oneof![
        3 => Just(Mode::Normal),
        1 => Just(Mode::ForcedOpen),
        1 => Just(Mode::Disabled),
        1 => Just(Mode::Shadow),
    ];
    prop_oneof![
        12 => Just(Event::Ask),
        12 => (any::<prop::sample::Index>(), outcome()).prop_map(|(of, how)| Event::End(of, how)),
        12 => outcome().prop_map(Event::Call),
        10 => wait().prop_map(Event::Wait),
        1 => Just(Event::Open),
        1 => Just(Event::HalfOpen),
        1 => Just(Event::Close),
        2 => mode.prop_map(Event::Mode),
        3 => change().prop_map(Event::Change),
    ]
}

pub(crate) fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(event(), 1..120)
}

/// What the clock says at the beginning: nothing, or a little less than what a time in the machine's words can hold.
pub(crate) fn start() -> impl Strategy<Value = Duration> {
    let full = prop_oneof![
        2 => Just(Duration::ZERO),
        1 => Just(ms(1 << 24)),
        1 => Just(ms(1 << 35)),
        1 => Just(Duration::from_micros(1 << 37)),
    ];
    (full, 0..3_000_000_u64)
        .prop_map(|(full, micros)| full.saturating_sub(Duration::from_micros(micros)))
}

/// Settings that are reached within a short schedule.
pub(crate) fn settings() -> impl Strategy<Value = Settings> {
    let window = prop_oneof![
        2 => Just(None),
        3 => (prop_oneof![Just(ms(500)), Just(ms(1)), limit()], prop::option::of(rate()), prop::option::of(1..12_u32))
            .prop_map(Some),
    ];
    let machine = (threshold(), limit(), limit(), 1..4_u32, 1..4_u32, limit());
    let rest = (
        prop::option::weighted(0.3, limit()),
        on_cancel(),
        prop_oneof![2 => Just(0.0), 1 => 0.0..=1.0],
    );
    (machine, window, rest).prop_map(
        |(
            (threshold, ttl, more, probes, successes, timeout),
            window,
            (slow, on_cancel, jitter),
        )| {
            let mut settings = Settings::new()
                .threshold(threshold)
                .ttl(ttl)
                .max_ttl(ttl + more)
                .probes(probes)
                .success_threshold(successes)
                .probe_timeout(timeout)
                .on_cancel(on_cancel)
                .jitter(jitter);
            if let Some(slow) = slow {
                settings = settings.slow_call(slow);
            }
            if let Some((length, rate, minimum)) = window {
                settings = settings.window(length.max(ms(1)));
                settings = rate.map_or(settings, |rate| settings.failure_rate(rate));
                settings = minimum.map_or(settings, |calls| settings.minimum_calls(calls));
            }
            settings
        },
    )
}
