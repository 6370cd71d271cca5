//! One value, and how it differs from the others of its series.

use std::time::Duration;

pub(super) type Label = (&'static str, &'static str);

/// A value, and the labels that it has beside the name of what it is read from.
pub(super) struct Labelled {
    pub(super) labels: [Option<Label>; 2],
    pub(super) value: Value,
}

#[derive(Clone, Copy)]
pub(super) enum Value {
    Count(u64),
    Time(Duration),
    /// From 0 to 1.
    Share(f64),
}

/// A value with all its labels.
pub(super) struct Sample<'r> {
    /// Which breaker, or which group.
    pub(super) of: (&'static str, &'r str),
    pub(super) labels: [Option<Label>; 2],
    pub(super) value: Value,
}

impl Sample<'_> {
    #[cfg(any(feature = "metrics", feature = "opentelemetry"))]
    pub(super) const MOST_LABELS: usize = 3;

    /// All but the first, `of`.
    pub(super) fn further_labels(&self) -> impl Iterator<Item = Label> {
        self.labels.into_iter().flatten()
    }
}

pub(super) fn plain(value: impl Into<Value>) -> Labelled {
    Labelled { labels: [None, None], value: value.into() }
}

pub(super) fn labelled(
    key: &'static str,
    label: &'static str,
    value: impl Into<Value>,
) -> Labelled {
    Labelled { labels: [Some((key, label)), None], value: value.into() }
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<bool> for Value {
    fn from(holds: bool) -> Self {
        Self::Count(holds.into())
    }
}

impl From<f64> for Value {
    fn from(share: f64) -> Self {
        Self::Share(share)
    }
}

impl From<Duration> for Value {
    fn from(time: Duration) -> Self {
        Self::Time(time)
    }
}
