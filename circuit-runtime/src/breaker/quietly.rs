//! Foreign code whose panic is not the caller's.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `code`; `None` if it panics. What it may leave broken is its own.
pub(super) fn quietly<T>(code: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(code)) {
        Ok(done) => Some(done),
        Err(payload) => {
            // What was panicked with may panic in turn when it is dropped. That one is left where it is.
            if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                mem::forget(second);
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;

    use super::*;

    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            if !std::thread::panicking() {
                panic_any("the payload panics as well");
            }
        }
    }

    #[test]
    fn a_panic_whose_payload_panics_is_survived() {
        assert_eq!(quietly(|| panic_any(Bomb)), None::<()>);
        assert_eq!(quietly(|| 7), Some(7));
    }
}
