//! Attributes around and inside.

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, counted, now};

/// Documented.
///
/// # Errors
///
/// Never.
#[inline]
#[must_use = "it is why one calls it"]
#[circuit_breaker(name = "functions/attributes")]
#[cold]
#[doc(hidden)]
pub(crate) fn many(n: u32) -> Answer {
    Ok(n)
}

#[cfg_attr(test, circuit_breaker(name = "functions/attributes"))]
#[cfg_attr(not(test), circuit_breaker(nonsense))]
fn under_a_condition(n: u32) -> Answer {
    Ok(n)
}

#[cfg(not(test))]
#[circuit_breaker(name = "functions/attributes")]
fn not_there(missing: Missing) -> Answer {
    Ok(missing)
}

// tracing #2307
#[circuit_breaker(name = "functions/attributes")]
fn inner(n: u32) -> Answer {
    #![allow(unused_variables, clippy::no_effect_underscore_binding)]
    //! And inner documentation.
    let unused = n;
    let _also = n;
    Ok(n)
}

#[circuit_breaker(name = "functions/attributes")]
async fn inner_later(n: u32) -> Answer {
    #![allow(unused_variables)]
    let unused = n;
    Ok(n)
}

#[circuit_breaker(name = "functions/attributes")]
fn on_statements(n: u32) -> Answer {
    #[allow(unused_mut)]
    let mut n = n;
    #[cfg(not(test))]
    compile_error!("not there");
    #[rustfmt::skip]
    let pair = (n,   n);
    Ok(pair.0)
}

#[deprecated = "for the test"]
#[circuit_breaker(name = "functions/attributes")]
fn old(n: u32) -> Answer {
    Ok(n)
}

#[circuit_breaker(name = "functions/attributes", fallback = |n| n)]
#[must_use]
#[inline(always)]
#[allow(clippy::inline_always)]
pub(crate) extern "Rust" fn unconditional(n: u32) -> u32 {
    n
}

#[test]
fn attributes_stay_where_they_were() {
    assert_eq!(many(1).unwrap(), 1);
    assert_eq!(under_a_condition(1).unwrap(), 1);
    assert_eq!((inner(1).unwrap(), now(inner_later(1)).unwrap()), (1, 1));
    assert_eq!(on_statements(1).unwrap(), 1);
    #[allow(deprecated)]
    let answer = old(1);
    assert_eq!((answer.unwrap(), unconditional(1)), (1, 1));
    assert_eq!(counted(breaker!("functions/attributes")), (7, 0));
}
