//! The numbers a step compares with, and the cell from which calls read them while they may be changed.

use super::policy::{Policy, Windowed};
use super::sequence::Sequence;
use super::share::Share;
use super::word::{Watch, Word};

/// Settings in the machine's units; what is counted in the word is within its field of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) threshold: u32,
    pub(crate) policy: Policy,
    /// In microseconds.
    pub(crate) slow_call: Option<u64>,
    /// In milliseconds, and so are the two below.
    pub(crate) ttl: u32,
    pub(crate) max_ttl: u32,
    pub(crate) probe_timeout: u32,
    pub(crate) jitter: Share,
    /// Makes the jitter of one breaker another's.
    pub(crate) seed: u64,
    pub(crate) probes: u8,
    pub(crate) success_threshold: u8,
    pub(crate) cancel_is_failure: bool,
}

impl Limits {
    /// Milliseconds that the era of `open` stays open after `reopenings` failed rounds of probes: doubled for each, up
    /// to `max_ttl`, and a random share more. When the word can count no further, it is `max_ttl` as well.
    pub(crate) fn time_open(&self, open: Word, reopenings: u8) -> u64 {
        self.time_open_without_jitter(reopenings) + self.jitter_of(open, reopenings)
    }

    /// The random share of [`time_open`](Self::time_open).
    pub(crate) fn jitter_of(&self, open: Word, reopenings: u8) -> u64 {
        self.jitter.part(self.time_open_without_jitter(reopenings), open.lot(self.seed))
    }

    pub(crate) fn time_open_without_jitter(&self, reopenings: u8) -> u64 {
        let most = u64::from(self.max_ttl);
        if reopenings >= Word::MAX_REOPENINGS {
            most
        } else {
            (u64::from(self.ttl) << reopenings).min(most)
        }
    }

    /// What calls have to be looked at for.
    pub(crate) fn watch(&self) -> Watch {
        if self.slow_call.is_some() {
            Watch::Calls
        } else if self.counted_calls().is_some() {
            Watch::Successes
        } else {
            Watch::Nothing
        }
    }

    /// The rule of the window, if it asks for all calls.
    pub(crate) fn counted_calls(&self) -> Option<&Windowed> {
        match &self.policy {
            Policy::Windowed(rule) if rule.counts_calls(self.threshold) => Some(rule),
            _ => None,
        }
    }
}

const PARTS: usize = 7;

/// [`Limits`] that can be replaced as a whole while calls read them.
#[derive(Debug)]
pub(crate) struct LimitsCell(Sequence<PARTS>);

impl LimitsCell {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self(Sequence::new(pack(limits)))
    }

    pub(crate) fn get(&self) -> Limits {
        unpack(self.0.get())
    }

    /// Callers take turns: the breaker holds the lock on its settings meanwhile.
    pub(crate) fn set(&self, limits: &Limits) {
        self.0.set(pack(limits));
    }
}

/// No window has slots of no length, and no call is ever as slow as this.
const NO_WINDOW: u64 = 0;
const NEVER_SLOW: u64 = u64::MAX;

fn pack(limits: &Limits) -> [u64; PARTS] {
    let (slot, rate, minimum_calls) = match limits.policy {
        Policy::Consecutive => (NO_WINDOW, Share::ZERO, 0),
        Policy::Windowed(Windowed { slot, rate, minimum_calls }) => (slot, rate, minimum_calls),
    };
    [
        pair(limits.threshold, limits.ttl),
        pair(limits.max_ttl, limits.probe_timeout),
        u64::from(limits.probes)
            | u64::from(limits.success_threshold) << 8
            | u64::from(limits.cancel_is_failure) << 16
            | u64::from(limits.jitter.bits()) << 32,
        limits.seed,
        limits.slow_call.unwrap_or(NEVER_SLOW),
        slot,
        pair(rate.bits(), minimum_calls),
    ]
}

fn pair(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "each field is cut out at the width it was packed with"
)]
fn unpack([first, second, third, seed, slow_call, slot, window]: [u64; PARTS]) -> Limits {
    let (low, high) = (|pair: u64| pair as u32, |pair: u64| (pair >> 32) as u32);
    let policy = match slot {
        NO_WINDOW => Policy::Consecutive,
        slot => Policy::Windowed(Windowed {
            slot,
            rate: Share::from_bits(low(window)),
            minimum_calls: high(window),
        }),
    };
    Limits {
        threshold: low(first),
        policy,
        slow_call: (slow_call != NEVER_SLOW).then_some(slow_call),
        ttl: high(first),
        max_ttl: low(second),
        jitter: Share::from_bits(high(third)),
        seed,
        probe_timeout: high(second),
        probes: third as u8,
        success_threshold: (third >> 8) as u8,
        cancel_is_failure: third >> 16 & 1 != 0,
    }
}

#[cfg(test)]
impl Limits {
    /// The smallest of everything, for tests to change.
    pub(crate) const LEAST: Self = Self {
        threshold: 1,
        policy: Policy::Consecutive,
        slow_call: None,
        ttl: 1,
        max_ttl: 1,
        jitter: Share::ZERO,
        seed: 0,
        probe_timeout: 1,
        probes: 1,
        success_threshold: 1,
        cancel_is_failure: false,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn most() -> Limits {
        Limits {
            threshold: u32::MAX,
            policy: Policy::Windowed(Windowed {
                slot: u64::MAX,
                rate: Share::new(1.0).expect("a share"),
                minimum_calls: u32::MAX - 1,
            }),
            slow_call: Some(u64::MAX - 1),
            ttl: u32::MAX - 2,
            max_ttl: u32::MAX - 3,
            jitter: Share::new(0.5).expect("a share"),
            seed: u64::MAX - 4,
            probe_timeout: u32::MAX - 5,
            probes: 31,
            success_threshold: 63,
            cancel_is_failure: true,
        }
    }

    #[test]
    fn limits_survive_the_cell() {
        let cell = LimitsCell::new(&most());
        assert_eq!(cell.get(), most());
        cell.set(&Limits::LEAST);
        assert_eq!(cell.get(), Limits::LEAST);
    }

    #[test]
    fn time_open_doubles_up_to_its_maximum() {
        let limits = Limits { ttl: 1_000, max_ttl: 5_000, ..Limits::LEAST };
        let times: Vec<u64> =
            [0, 1, 2, 3, 4, 15].map(|reopenings| limits.time_open(Word::NEW, reopenings)).into();
        assert_eq!(times, [1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
        let days = Limits { ttl: 1_000, max_ttl: u32::MAX, ..Limits::LEAST };
        assert_eq!(
            days.time_open(Word::NEW, 15),
            u64::from(u32::MAX),
            "the word counts no further"
        );
        assert_eq!(days.time_open(Word::NEW, 14), 1_000 << 14);
    }

    #[test]
    fn what_calls_are_looked_at_for() {
        let window = |minimum_calls| {
            Policy::Windowed(Windowed { slot: 1, rate: Share::ZERO, minimum_calls })
        };
        let counted = Limits { policy: window(2), ..Limits::LEAST };
        assert_eq!(Limits::LEAST.watch(), Watch::Nothing);
        assert_eq!(Limits { policy: window(1), ..Limits::LEAST }.watch(), Watch::Nothing);
        assert_eq!(counted.watch(), Watch::Successes);
        assert_eq!(Limits { slow_call: Some(1), ..counted }.watch(), Watch::Calls);
    }
}
