//! The system's monotonic clock.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use super::moment::Moment;

/// By how much [`coarse`] may lag behind [`now`]: there is only one clock here.
pub(crate) const LAG: Duration = Duration::ZERO;

/// The process's first reading.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

pub(super) fn now() -> Moment {
    let start = *START;
    let since_start = Instant::now().saturating_duration_since(start);
    Moment::from_nanos(u64::try_from(since_start.as_nanos()).unwrap_or(u64::MAX))
}

pub(super) fn coarse() -> Moment {
    now()
}
