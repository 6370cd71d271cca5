//! Calls that are neither guarded nor counted.
//!
//! A call's way in must not ask for this: it would cost every call something. So a closed breaker lets a bypassed call in
//! like any other, and it is the way out that tells: the thread's lines, which a success looks for anyway, are not there
//! while it bypasses. Where the way out may lie outside of the scope, the call's word is marked before it leaves.

use std::cell::Cell;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};

use super::lane::{LINES, Line};
use crate::machine::Word;
use crate::scoped::Scoped;
use crate::sync::thread_local;

/// Scopes that threads are in, of all of them. A thread sees what it added itself.
static SCOPES: AtomicU32 = AtomicU32::new(0);

thread_local! {
    // Scopes that the thread is in.
    static DEPTH: Cell<u32> = const { Cell::new(0) }
}

/// Makes the calls in `f`, on this thread, past their breakers: they are made whatever the state and the mode, and neither
/// counted nor told to listeners. For the one call that must go through: the probe of a health check, an operator's repair.
///
/// It bypasses every breaker. A call that begins in here does so to its end, wherever that is: a permit that is taken, an
/// iterator that is made, a future or a stream that is first polled. A call from before that goes on or ends in here is not
/// counted either, unless it is a probe, whose place is waited for. What `f` calls on other threads bypasses nothing, and
/// neither does a future that is only made in here:
///
/// ```
/// # use circuit_runtime::{CircuitBreaker, Settings, bypass, bypass_async};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), circuit_runtime::SettingsError> {
/// # let breaker = CircuitBreaker::new("db", Settings::new())?;
/// # breaker.open();
/// let call = || breaker.call_async(async { Ok::<_, ()>(1) });
/// assert!(bypass(|| call()).await.is_err()); // no: it is polled out here
/// assert!(bypass_async(call()).await.is_ok()); // yes
/// # Ok(())
/// # }
/// ```
///
/// Unused, it costs a guarded function nothing, and [`try_acquire`](crate::CircuitBreaker::try_acquire) a look at one number.
/// A call in here costs what a call costs; and while any thread is in such a scope, failures far from a trip and permits cost
/// some 30 ns more everywhere.
///
/// ```
/// use circuit_runtime::{CallError, CircuitBreaker, Settings, bypass};
///
/// let breaker = CircuitBreaker::new("db", Settings::new())?;
/// breaker.open();
/// assert!(matches!(breaker.call(|| Ok::<_, ()>(1)), Err(CallError::Rejected(_))));
/// assert!(matches!(bypass(|| breaker.call(|| Ok::<_, ()>(1))), Ok(1)));
/// assert_eq!(breaker.snapshot().calls.made(), 0);
/// # Ok::<(), circuit_runtime::SettingsError>(())
/// ```
pub fn bypass<T>(f: impl FnOnce() -> T) -> T {
    let _scope = Scope::enter();
    f()
}

/// As [`bypass`], for a future: each of its polls bypasses, and so does its drop. Tasks that it spawns are not part of it.
///
/// ```
/// use circuit_runtime::{CircuitBreaker, Settings, bypass_async};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), circuit_runtime::SettingsError> {
/// let breaker = CircuitBreaker::new("db", Settings::new())?;
/// breaker.open();
/// let answer = bypass_async(breaker.call_async(async { Ok::<_, ()>(1) })).await;
/// assert!(matches!(answer, Ok(1)));
/// # Ok(())
/// # }
/// ```
pub fn bypass_async<F: Future>(future: F) -> impl Future<Output = F::Output> {
    Scoped::new(future, Scope::enter)
}

/// Whether any thread bypasses now: for who would pay more to ask for its own.
#[inline]
pub(super) fn anybody_bypasses() -> bool {
    SCOPES.load(Ordering::Relaxed) > 0
}

/// Whether the thread bypasses now.
#[inline]
pub(super) fn is_bypassing() -> bool {
    DEPTH.with(Cell::get) > 0
}

/// Whether the end of a call that was admitted under `permit` is to be counted. A probe's always is: it was let in outside
/// the scope, and its place is waited for.
pub(super) fn counts(permit: Word) -> bool {
    permit.is_counted() && (permit.is_of_half_open_era() || !is_bypassing())
}

/// The thread bypasses as long as this lives.
struct Scope {
    lines: &'static [Line],
}

impl Scope {
    fn enter() -> Self {
        SCOPES.fetch_add(1, Ordering::Relaxed);
        DEPTH.with(|depth| depth.set(depth.get() + 1));
        Self { lines: LINES.with(|lines| lines.replace(&[])) }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        LINES.with(|lines| lines.set(self.lines));
        DEPTH.with(|depth| depth.set(depth.get() - 1));
        SCOPES.fetch_sub(1, Ordering::Relaxed);
    }
}
