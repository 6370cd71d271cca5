//! A sequence lock: several words that are replaced together while others read them.

use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use crate::sync::hint;

/// `N` words. Readers write nothing, and see either all of the old ones or all of the new ones (Lameter 2005; in the
/// form that Boehm 2012, *Can Seqlocks Get Along With Programming Language Memory Models?*, shows to be right).
#[derive(Debug)]
pub(super) struct Sequence<const N: usize> {
    version: AtomicU32,
    words: [AtomicU64; N],
}

impl<const N: usize> Sequence<N> {
    pub(super) fn new(words: [u64; N]) -> Self {
        Self { version: AtomicU32::new(0), words: words.map(AtomicU64::new) }
    }

    pub(super) fn get(&self) -> [u64; N] {
        loop {
            let version = self.version.load(Ordering::Acquire);
            let words = self.words.each_ref().map(|word| word.load(Ordering::Relaxed));
            fence(Ordering::Acquire);
            if version & 1 == 0 && self.version.load(Ordering::Relaxed) == version {
                return words;
            }
            hint::spin_loop();
        }
    }

    /// Callers take turns.
    pub(super) fn set(&self, words: [u64; N]) {
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        for (word, value) in self.words.iter().zip(words) {
            word.store(value, Ordering::Relaxed);
        }
        self.version.store(version.wrapping_add(2), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    #[test]
    fn a_reader_never_sees_half_of_a_change() {
        let (old, new) = ([0; 7], [u64::MAX; 7]);
        let sequence = Sequence::new(old);
        let is_over = AtomicBool::new(false);
        let torn = std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..100_000 {
                    sequence.set(new);
                    sequence.set(old);
                    // A writer that never pauses would keep the reader waiting.
                    (0..50).for_each(|_| hint::spin_loop());
                }
                is_over.store(true, Ordering::Relaxed);
            });
            std::iter::repeat_with(|| sequence.get())
                .take_while(|_| !is_over.load(Ordering::Relaxed))
                .find(|seen| *seen != old && *seen != new)
        });
        assert_eq!(torn, None);
    }
}
