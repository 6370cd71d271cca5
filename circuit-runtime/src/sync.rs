//! The locks and atomics that the state machine stands on; loom's in its place where every schedule is to be tried
//! (`cargo xtask model`).

#[cfg(not(all(test, circuit_model)))]
pub(crate) use std::hint;
#[cfg(not(all(test, circuit_model)))]
pub(crate) use std::sync::{Mutex, MutexGuard, atomic};
#[cfg(not(all(test, circuit_model)))]
pub(crate) use std::thread_local;

#[cfg(all(test, circuit_model))]
pub(crate) use loom::hint;
#[cfg(all(test, circuit_model))]
pub(crate) use loom::sync::{Mutex, MutexGuard, atomic};
/// One static at a time. Loom's own knows no constants.
#[cfg(all(test, circuit_model))]
macro_rules! local_to_thread {
    ($vis:vis static $name:ident: $ty:ty = const $init:block) => {
        loom::thread_local! { $vis static $name: $ty = $init }
    };
    ($vis:vis static $name:ident: $ty:ty = $init:expr) => {
        loom::thread_local! { $vis static $name: $ty = $init }
    };
}
#[cfg(all(test, circuit_model))]
pub(crate) use local_to_thread as thread_local;

/// What `cell` holds, in the order of its own changes.
#[cfg(not(all(test, circuit_model)))]
#[inline]
pub(crate) fn observe(cell: &atomic::AtomicU64) -> u64 {
    cell.load(atomic::Ordering::Relaxed)
}

/// Loom remembers the last access to a cell alone, and a load of the thread that writes next hides that of another: it
/// would not try the schedules in which that one comes later. A change that changes nothing is an access that is never
/// hidden; and on one cell, where all threads agree on the order of changes, it sees all that a load can see.
#[cfg(all(test, circuit_model))]
pub(crate) fn observe(cell: &atomic::AtomicU64) -> u64 {
    cell.fetch_or(0, atomic::Ordering::Relaxed)
}

/// Runs `model` under every schedule there is, and says how many those were.
#[cfg(all(test, circuit_model))]
pub(crate) fn explore(what: &str, model: impl Fn() + Send + Sync + 'static) {
    explore_within(None, what, model);
}

/// As [`explore`], under every schedule that takes the processor from a thread so many times at most.
#[cfg(all(test, circuit_model))]
pub(crate) fn explore_within(
    preemptions: Option<usize>,
    what: &str,
    model: impl Fn() + Send + Sync + 'static,
) {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    let schedules = Arc::new(AtomicU64::new(0));
    let begun = std::time::Instant::now();
    let counted = Arc::clone(&schedules);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.check(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        model();
    });
    let schedules = schedules.load(Ordering::Relaxed);
    println!("{what}: {schedules} schedules in {:.1} s", begun.elapsed().as_secs_f32());
}
