//! How durations, times and settings are written: for what derives `Serialize`.

#![allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde hands fields so")]

use std::time::{Duration, SystemTime};

use serde::{Serialize, Serializer};

pub(crate) fn seconds<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    span.as_secs_f64().serialize(serializer)
}

pub(crate) fn seconds_if_any<S: Serializer>(
    span: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    span.map(|span| span.as_secs_f64()).serialize(serializer)
}

pub(crate) fn time<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    text_of(*time).serialize(serializer)
}

pub(crate) fn time_if_any<S: Serializer>(
    time: &Option<SystemTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    time.map(text_of).serialize(serializer)
}

/// RFC 3339 in UTC. It knows the years 1970 to 9999; a clock that shows another is wrong anyway.
pub(crate) fn text_of(time: SystemTime) -> String {
    const LAST: Duration = Duration::from_secs(253_402_300_799);
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().min(LAST);
    humantime::format_rfc3339_millis(SystemTime::UNIX_EPOCH + since).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_no_calendar_knows_is_written_all_the_same() {
        let second = Duration::from_secs(1);
        assert_eq!(text_of(SystemTime::UNIX_EPOCH - second), "1970-01-01T00:00:00.000Z");
        let far = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40);
        assert_eq!(text_of(far), "9999-12-31T23:59:59.000Z");
        assert_eq!(text_of(SystemTime::UNIX_EPOCH + second / 2), "1970-01-01T00:00:00.500Z");
    }
}
