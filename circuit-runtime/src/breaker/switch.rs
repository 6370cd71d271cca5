//! What the value of a setting may be, beside a plain one.

use std::fmt;

/// What is given to take back what another place gives.
pub(super) const NONE: &str = "none";

/// A setting that can be given as none, to take back what another place gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Switch<T> {
    Off,
    On(T),
}

impl<T> Switch<T> {
    pub(super) fn on(self) -> Option<T> {
        match self {
            Self::Off => None,
            Self::On(value) => Some(value),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Switch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str(NONE),
            Self::On(value) => value.fmt(f),
        }
    }
}

/// A number, compared by its bits so that settings are equal when they were given equal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Number(u64);

impl Number {
    pub(super) const fn new(number: f64) -> Self {
        Self(number.to_bits())
    }

    pub(super) fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
