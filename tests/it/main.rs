//! What is promised, a file per promise.

#![allow(
    clippy::large_types_passed_by_value,
    clippy::manual_async_fn,
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    reason = "signatures are what the tests are about"
)]
#![allow(clippy::unchecked_time_subtraction, reason = "of constants")]

mod bypass;
mod channel;
mod concurrency;
mod configuration;
mod epoch;
mod exclusion;
mod fallback;
mod first_poll;
mod fleet;
mod groups;
mod half_open;
mod isolation;
mod iterators;
mod jitter;
mod listeners;
mod lost_probe;
mod modes;
mod panic_and_cancel;
mod permits;
mod printed;
mod regressions;
mod reopening;
mod retry_after;
mod serialized;
mod settings;
mod slow_calls;
mod snapshot;
mod streams;
mod support;
mod traced;
mod transparency;
mod trip;
mod trip_report;
mod window;
