//! The numbers a step compares with, and the cell from which calls read them while they may be changed.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

use super::word::Word;

/// Settings in the machine's units: milliseconds and counts, each within its field of the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) threshold: u32,
    pub(crate) ttl: u32,
    pub(crate) max_ttl: u32,
    pub(crate) probe_timeout: u64,
    pub(crate) probes: u8,
    pub(crate) success_threshold: u8,
    pub(crate) cancel_is_failure: bool,
}

impl Limits {
    /// Milliseconds open after `reopenings` failed rounds of probes: doubled for each, up to `max_ttl`. When the word
    /// can count no further, it is `max_ttl` as well.
    pub(crate) fn time_open(&self, reopenings: u8) -> u64 {
        let most = u64::from(self.max_ttl);
        if reopenings >= Word::MAX_REOPENINGS {
            return most;
        }
        (u64::from(self.ttl) << reopenings).min(most)
    }
}

/// [`Limits`] that can be replaced as a whole while calls read them: a sequence lock. Readers write nothing, and
/// see either all of the old ones or all of the new ones.
#[derive(Debug)]
pub(crate) struct LimitsCell {
    version: AtomicU32,
    parts: [AtomicU64; 3],
}

impl LimitsCell {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { version: AtomicU32::new(0), parts: pack(limits).map(AtomicU64::new) }
    }

    pub(crate) fn get(&self) -> Limits {
        loop {
            let version = self.version.load(Ordering::Acquire);
            let parts = [0, 1, 2].map(|part: usize| self.parts[part].load(Ordering::Relaxed));
            fence(Ordering::Acquire);
            if version & 1 == 0 && self.version.load(Ordering::Relaxed) == version {
                return unpack(parts);
            }
            std::hint::spin_loop();
        }
    }

    /// Callers take turns: the breaker holds the lock on its settings meanwhile.
    pub(crate) fn set(&self, limits: &Limits) {
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        for (part, value) in self.parts.iter().zip(pack(limits)) {
            part.store(value, Ordering::Relaxed);
        }
        self.version.store(version.wrapping_add(2), Ordering::Release);
    }
}

fn pack(limits: &Limits) -> [u64; 3] {
    [
        u64::from(limits.threshold) | u64::from(limits.ttl) << 32,
        u64::from(limits.max_ttl)
            | u64::from(limits.probes) << 32
            | u64::from(limits.success_threshold) << 40
            | u64::from(limits.cancel_is_failure) << 48,
        limits.probe_timeout,
    ]
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "each field is cut out at the width it was packed with"
)]
fn unpack([first, second, probe_timeout]: [u64; 3]) -> Limits {
    Limits {
        threshold: first as u32,
        ttl: (first >> 32) as u32,
        max_ttl: second as u32,
        probe_timeout,
        probes: (second >> 32) as u8,
        success_threshold: (second >> 40) as u8,
        cancel_is_failure: second >> 48 & 1 != 0,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    const A: Limits = Limits {
        threshold: u32::MAX,
        ttl: u32::MAX - 1,
        max_ttl: u32::MAX,
        probe_timeout: (1 << 24) - 1,
        probes: 31,
        success_threshold: 63,
        cancel_is_failure: true,
    };

    #[test]
    fn limits_survive_the_cell() {
        let cell = LimitsCell::new(&A);
        assert_eq!(cell.get(), A);
        let other = Limits { threshold: 1, cancel_is_failure: false, ..A };
        cell.set(&other);
        assert_eq!(cell.get(), other);
    }

    #[test]
    fn a_reader_never_sees_half_of_a_change() {
        let old = Limits { threshold: 1, max_ttl: 1, probe_timeout: 1, ..A };
        let new = Limits { threshold: 2, max_ttl: 2, probe_timeout: 2, ..A };
        let cell = LimitsCell::new(&old);
        let is_over = AtomicBool::new(false);
        let torn = std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..100_000 {
                    cell.set(&new);
                    cell.set(&old);
                    // A writer that never pauses would keep the reader waiting.
                    (0..50).for_each(|_| std::hint::spin_loop());
                }
                is_over.store(true, Ordering::Relaxed);
            });
            std::iter::repeat_with(|| cell.get())
                .take_while(|_| !is_over.load(Ordering::Relaxed))
                .find(|seen| *seen != old && *seen != new)
        });
        assert_eq!(torn, None);
    }

    #[test]
    fn time_open_doubles_up_to_its_maximum() {
        let limits = Limits { ttl: 1_000, max_ttl: 5_000, ..A };
        let times: Vec<u64> = (0..5).map(|reopenings| limits.time_open(reopenings)).collect();
        assert_eq!(times, [1_000, 2_000, 4_000, 5_000, 5_000]);
    }
}
