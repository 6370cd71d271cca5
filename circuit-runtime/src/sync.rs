//! The locks and atomics that the state machine stands on; loom's in its place where every schedule is to be tried
//! (`cargo xtask model`).

#[cfg(not(all(test, loom)))]
pub(crate) use std::hint;
#[cfg(not(all(test, loom)))]
pub(crate) use std::sync::{Mutex, MutexGuard, atomic};

#[cfg(all(test, loom))]
pub(crate) use loom::hint;
#[cfg(all(test, loom))]
pub(crate) use loom::sync::{Mutex, MutexGuard, atomic};
