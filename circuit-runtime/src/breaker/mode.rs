//! Whether a breaker does its work at all.

use std::fmt;

use crate::sync::atomic::{AtomicU8, Ordering};

/// What a breaker does with calls, whatever its state: [`set_mode`](crate::CircuitBreaker::set_mode). The state and the counts
/// are kept across changes of mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum Mode {
    /// Counts, trips and rejects.
    #[default]
    Normal,
    /// Rejects every call, without a time to try again. [`state`](crate::CircuitBreaker::state) reads `Open`.
    ForcedOpen,
    /// Lets every call through and counts none. A call that was admitted before still counts when it ends.
    Disabled,
    /// Counts and trips as in `Normal`, and lets through what it would have rejected: to find out what a breaker would
    /// do before it does it. Listeners are told of each such call as rejected, and then how it went; it is no
    /// evidence, and among [`Calls`](crate::Calls) it is counted by how it went.
    Shadow,
}

impl Mode {
    /// `"normal"`, `"forced-open"`, `"disabled"` or `"shadow"`: what `Display` prints as well.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::ForcedOpen => "forced-open",
            Self::Disabled => "disabled",
            Self::Shadow => "shadow",
        }
    }
}

#[cfg(feature = "storage")]
impl Mode {
    /// The mode that [`as_str`](Self::as_str) calls so.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Normal, Self::ForcedOpen, Self::Disabled, Self::Shadow];
        all.into_iter().find(|mode| mode.as_str() == name)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[derive(Debug)]
pub(super) struct AtomicMode(AtomicU8);

impl AtomicMode {
    pub(super) fn new() -> Self {
        Self(AtomicU8::new(Mode::Normal as u8))
    }

    pub(super) fn get(&self) -> Mode {
        const MODES: [Mode; 4] = [Mode::Normal, Mode::ForcedOpen, Mode::Disabled, Mode::Shadow];
        MODES[usize::from(self.0.load(Ordering::Acquire)) % MODES.len()]
    }

    pub(super) fn set(&self, mode: Mode) {
        self.0.store(mode as u8, Ordering::Release);
    }
}
