//! The one clock that all processes of a machine have.

use std::time::{Duration, SystemTime};

/// Microseconds since 1970.
pub(crate) fn micros() -> i64 {
    micros_of(SystemTime::now())
}

pub(crate) fn micros_of(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
