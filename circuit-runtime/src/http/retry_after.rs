//! The header `Retry-After` (RFC 9110, 10.2.3).

use std::time::{Duration, SystemTime};

use ::http::HeaderMap;
use ::http::header::{DATE, RETRY_AFTER};

/// How long a response asks to wait: in whole seconds, or until a date. Nothing, if it does not ask, or not so that it can be
/// read; no time at all, if the date is past. A date is compared with the service's own clock, where it shows that.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let now = headers.get(DATE).and_then(|date| date.to_str().ok());
    let now = now.and_then(|date| httpdate::parse_http_date(date).ok());
    Some(until.duration_since(now.unwrap_or_else(SystemTime::now)).unwrap_or_default())
}

/// The whole seconds after which `wait` is over.
pub(super) fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, value.parse().expect("a header"));
        retry_after(&headers)
    }

    #[test]
    fn seconds_and_dates_are_read_and_anything_else_is_not() {
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read("Fri, 31 Dec 1999 23:59:59 GMT"), Some(Duration::ZERO));
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(600));
        let wait = read(&date).expect("a date");
        assert!(wait > Duration::from_secs(590) && wait <= Duration::from_secs(600), "{wait:?}");
        assert_eq!([read("-1"), read("1.5"), read("tomorrow"), read("")], [None; 4]);
        assert_eq!(retry_after(&HeaderMap::new()), None);
        assert_eq!(read("99999999999999999999999"), Some(Duration::from_secs(u64::MAX)));
    }

    #[test]
    fn a_date_is_compared_with_the_services_own_clock() {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, "Fri, 31 Dec 1999 23:59:49 GMT".parse().expect("a header"));
        headers.insert(RETRY_AFTER, "Fri, 31 Dec 1999 23:59:59 GMT".parse().expect("a header"));
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(10)));
    }

    #[test]
    fn a_wait_is_rounded_up_to_whole_seconds() {
        let times = [0, 1, 999, 1_000, 1_001].map(Duration::from_millis);
        assert_eq!(times.map(seconds), [0, 1, 1, 1, 2]);
    }
}
