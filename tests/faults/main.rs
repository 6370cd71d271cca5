//! Faults of other circuit breakers, a file per library: this one is put into the same situation.
//!
//! `docs/faults.md` lists them for users, and [`page`] holds the two together.

#![allow(
    clippy::trivially_copy_pass_by_ref,
    clippy::unused_async,
    reason = "signatures are what the tests are about"
)]
#![allow(clippy::unchecked_time_subtraction, reason = "of constants")]

mod attributes;
mod circuitbreaker_rs;
mod failsafe;
mod failsafe_java;
mod finagle;
mod gobreaker;
mod hystrix;
mod opossum;
mod other_crates;
mod others;
mod page;
mod polly;
mod purgatory;
mod pybreaker;
mod recloser;
mod resilience4j;
mod seatbelt;
mod sentinel;
mod support;
mod tower_resilience;
