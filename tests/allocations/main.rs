//! 9. A successful call allocates nothing, and neither does a rejected one.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use circuit_runtime::{Rejected, breaker, circuit_breaker};

/// Counts what each thread allocates.
struct Counting;

thread_local!(static ALLOCATIONS: Cell<u64> = const { Cell::new(0) });

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `f` allocates, once it has been called before.
fn allocations(f: impl Fn()) -> u64 {
    f();
    let before = ALLOCATIONS.get();
    f();
    ALLOCATIONS.get() - before
}

fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits"),
    }
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Refused(#[from] Rejected),
    #[error("busy")]
    Busy,
}

#[circuit_breaker(name = "allocations/sync", exclude = [std::io::Error], failure_if = |n| *n > 9)]
fn sync(n: u32) -> Result<u32, Fault> {
    Ok(n)
}

#[circuit_breaker(name = "allocations/async")]
async fn asynchronous(n: &u32) -> Result<u32, Fault> {
    Ok(*n)
}

#[circuit_breaker(name = "allocations/future")]
fn future(n: &u32) -> impl Future<Output = Result<u32, Fault>> {
    async { Ok(*n) }
}

#[circuit_breaker(name = "allocations/boxed")]
fn boxed(n: u32) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Fault>>>> {
    Box::pin(async move { Ok(n) })
}

#[circuit_breaker(name = "allocations/iterator")]
fn items(n: u32) -> impl Iterator<Item = Result<u32, Fault>> {
    (0..n).map(Ok)
}

#[circuit_breaker(name = "allocations/excluded", exclude = [Fault::Busy])]
fn excluded() -> Result<u32, Fault> {
    Err(Fault::Busy)
}

#[test]
fn the_allocator_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
}

#[test]
fn a_successful_call_allocates_nothing() {
    assert_eq!(allocations(|| assert_eq!(sync(1).unwrap(), 1)), 0);
    assert_eq!(allocations(|| assert_eq!(now(asynchronous(&1)).unwrap(), 1)), 0);
    assert_eq!(allocations(|| assert_eq!(now(future(&1)).unwrap(), 1)), 0);
    assert_eq!(allocations(|| assert_eq!(items(3).count(), 3)), 0);
    assert_eq!(allocations(|| drop(excluded())), 0);
}

#[test]
fn a_boxed_future_stays_in_its_one_box() {
    assert_eq!(allocations(|| assert_eq!(now(boxed(1)).unwrap(), 1)), 1);
}

#[test]
fn calls_by_hand_allocate_nothing() {
    let breaker = breaker!("allocations/by_hand", threshold = 2);
    assert_eq!(allocations(|| drop(breaker.call(|| Ok::<_, Fault>(1)))), 0);
    assert_eq!(allocations(|| drop(now(breaker.call_async(async { Ok::<_, Fault>(1) })))), 0);
    assert_eq!(allocations(|| breaker.try_acquire().unwrap().success()), 0);
    assert_eq!(allocations(|| breaker.try_acquire().unwrap().ignore()), 0);
    assert_eq!(allocations(|| drop(breaker.try_acquire())), 0);
}

#[test]
fn a_rejected_call_allocates_nothing() {
    let breaker = breaker!("allocations/refused", threshold = 1);
    breaker.open();
    assert_eq!(allocations(|| drop(breaker.try_acquire().unwrap_err().clone())), 0);
    breaker!("allocations/rejected").open();
    assert_eq!(allocations(|| drop(rejected())), 0);
    assert_eq!(allocations(|| drop(now(rejected_async()))), 0);
}

#[circuit_breaker(name = "allocations/rejected")]
fn rejected() -> Result<u32, Fault> {
    Ok(1)
}

#[circuit_breaker(name = "allocations/rejected")]
async fn rejected_async() -> Result<u32, Fault> {
    Ok(1)
}
