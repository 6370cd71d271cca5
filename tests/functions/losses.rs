//! What the attribute cannot keep.

use std::panic::Location;

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, counted};

#[track_caller]
const fn unguarded() -> Answer {
    Ok(Location::caller().line())
}

#[track_caller]
#[circuit_breaker(name = "functions/losses")]
fn guarded() -> Answer {
    Ok(Location::caller().line())
}

/// What never ends is seen in a function's own body only, which this is none: without the attribute it would be reported.
#[allow(dead_code)]
#[circuit_breaker(name = "functions/losses")]
fn never_ends(n: u32) -> Answer {
    never_ends(n)
}

/// A closure cannot be `#[track_caller]` (rust #87417), so what asks inside is told of the function itself.
#[test]
fn track_caller_reports_the_function_itself() {
    let here = line!() + 1;
    assert_eq!(unguarded().unwrap(), here);
    let reported = guarded().unwrap();
    assert!(reported < here, "{}: in the guarded function, above", reported);
    assert_eq!(counted(breaker!("functions/losses")), (1, 0));
}
