//! The system's monotonic clock, and the one beside it that is four times as fast and a few milliseconds late.
//!
//! Called from the C library: what a rejected call and a call in a window cost is mostly a reading of the clock, and the
//! standard library has no coarse one.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_long};
use std::time::Duration;

use super::moment::Moment;

/// By how much [`coarse`] may lag behind [`now`]: by a tick of the kernel, which is 10 ms at most, and some while the
/// processor that keeps the time is held up.
pub(crate) const LAG: Duration = Duration::from_millis(50);

/// `struct timespec` where pointers have 64 bits, and so has `time_t`.
#[repr(C)]
struct Timespec {
    seconds: i64,
    nanos: c_long,
}

// By clock_gettime(2), and the kernel's include/uapi/linux/time.h.
const MONOTONIC: c_int = 1;
const MONOTONIC_COARSE: c_int = 6;

unsafe extern "C" {
    fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int;
}

pub(super) fn now() -> Moment {
    read(MONOTONIC).unwrap_or(Moment::from_nanos(0))
}

/// The same time as of the kernel's last tick: never later than [`now`].
pub(super) fn coarse() -> Moment {
    // Where the kernel is not Linux itself, or a sandbox stands before it, there may be but one clock.
    read(MONOTONIC_COARSE).unwrap_or_else(now)
}

fn read(clock: c_int) -> Option<Moment> {
    let mut time = Timespec { seconds: 0, nanos: 0 };
    // SAFETY: the function is that of the C library, which the standard library is linked with; its declaration is POSIX's.
    // `time` is one `struct timespec` as the C library lays it out on 64-bit Linux, it is written to only during the
    // call, and any bits are valid in its fields.
    let failed = unsafe { clock_gettime(clock, &raw mut time) } != 0;
    let nanos = time.seconds.wrapping_mul(1_000_000_000).wrapping_add(time.nanos);
    (!failed).then(|| Moment::from_nanos(u64::try_from(nanos).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coarse_clock_is_late_and_never_ahead() {
        for _ in 0..1_000 {
            let (before, coarse, after) = (now(), coarse(), now());
            assert!(coarse <= after, "{coarse:?} after {after:?}");
            assert!(before.since(coarse) <= LAG, "{coarse:?} before {before:?}");
        }
    }

    #[test]
    fn a_clock_that_is_not_there_is_told_from_one_that_is() {
        assert!(read(MONOTONIC).is_some() && read(MONOTONIC_COARSE).is_some());
        assert_eq!(read(-1), None);
    }

    #[test]
    fn time_passes_as_it_does_for_the_standard_library() {
        let (instant, moment) = (std::time::Instant::now(), now());
        while instant.elapsed() < Duration::from_millis(20) {}
        let passed = now().since(moment);
        assert!(passed >= Duration::from_millis(19) && passed <= instant.elapsed(), "{passed:?}");
    }
}
