//! The guarded call of a plain function.

use super::evidence::{Evidence, settle};
use super::outcome::Reading;
use crate::breaker::{Permit, Reason};

/// Makes the call and counts its outcome. A panic drops the permit on its way out, which counts it.
#[inline]
pub fn run<K: Reading>(
    permit: Permit<'_>,
    body: impl FnOnce() -> K::Returned,
    reading: K,
    judge: impl Fn(&K::Error) -> Evidence<'_>,
    refuse: impl Fn(&K::Value) -> bool,
) -> K::Returned {
    let returned = body();
    conclude(permit, &returned, reading, judge, refuse);
    returned
}

#[inline]
pub(super) fn conclude<K: Reading>(
    permit: Permit<'_>,
    returned: &K::Returned,
    reading: K,
    judge: impl Fn(&K::Error) -> Evidence<'_>,
    refuse: impl Fn(&K::Value) -> bool,
) {
    match reading.read(returned) {
        Ok(value) if refuse(value) => permit.failed(Reason::Value, &Vec::new),
        Ok(_) => permit.success(),
        Err(error) => settle(permit, judge(error)),
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
