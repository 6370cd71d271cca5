//! The guarded call of a function that is not asynchronous.

use super::entry::Entry;
use super::sequel::Sequel;

/// Makes the call and counts its outcome. A panic drops the permit on its way out, which counts it.
#[inline]
#[track_caller]
pub fn run<S: Sequel>(
    entry: impl Entry,
    body: impl FnOnce() -> S::Returned,
    sequel: S,
) -> S::Answer {
    match entry.enter() {
        Ok(permit) => {
            let returned = body();
            sequel.conclude(permit, returned)
        }
        Err(rejected) => sequel.reject(rejected),
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

/// Calls a closure whose arguments have no written types: by then, these are known.
macro_rules! fall_back {
    ($($name:ident($($argument:ident: $ty:ident),*);)*) => {$(
        #[allow(clippy::too_many_arguments, reason = "as many as the user's function has")]
        pub fn $name<$($ty,)* R>($($argument: $ty,)* fallback: impl FnOnce($($ty),*) -> R) -> R {
            fallback($($argument),*)
        }
    )*};
}

fall_back! {
    fall_back_0();
    fall_back_1(a: A);
    fall_back_2(a: A, b: B);
    fall_back_3(a: A, b: B, c: C);
    fall_back_4(a: A, b: B, c: C, d: D);
    fall_back_5(a: A, b: B, c: C, d: D, e: E);
    fall_back_6(a: A, b: B, c: C, d: D, e: E, f: F);
    fall_back_7(a: A, b: B, c: C, d: D, e: E, f: F, g: G);
    fall_back_8(a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H);
}
