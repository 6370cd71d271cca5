//! Whether a breaker is one of a fleet's.

use std::fmt;

/// Whether a breaker shares its state with other processes: [`Snapshot::sharing`](crate::Snapshot::sharing).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Sharing {
    /// It has no storage: it is this process's alone.
    #[default]
    Alone,
    /// Its state is that of the fleet.
    Shared,
    /// It has a storage that cannot be reached, or not yet: it counts and decides by itself, until it can.
    Local,
}

impl Sharing {
    /// `"alone"`, `"shared"` or `"local"`: what `Display` prints as well.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alone => "alone",
            Self::Shared => "shared",
            Self::Local => "local",
        }
    }
}

impl fmt::Display for Sharing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
