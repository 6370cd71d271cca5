//! The guarded call of a function that is not asynchronous.

use super::entry::Entry;
use super::sequel::Sequel;

/// Makes the call, or says that it is rejected.
#[inline]
#[track_caller]
pub fn run<S: Sequel>(
    entry: impl Entry,
    body: impl FnOnce() -> S::Returned,
    sequel: S,
) -> S::Answer {
    match entry.enter() {
        Ok(permit) => sequel.conclude(permit, body),
        Err(refusal) => sequel.reject(refusal),
    }
}

/// Where there is no `failure_if`.
#[inline]
pub fn accept<T>(_: &T) -> bool {
    false
}

/// Calls `body` where an `FnOnce` is expected of it, so that it may move and reborrow what it captures.
#[inline]
pub fn construct<R>(body: impl FnOnce() -> R) -> R {
    body()
}
