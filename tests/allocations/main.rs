//! 9. A successful call allocates nothing, and neither does a rejected one; and what calls leave behind does not grow.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::Future;
use std::time::Duration;

use circuit_runtime::test_util::ManualClock;
use circuit_runtime::{CircuitBreaker, Rejected, Settings, State, breaker, circuit_breaker};
use integration_tests::{TTL, now};

/// Counts what each thread allocates.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    /// Bytes that the thread has allocated, less those that it has given back.
    static LIVE: Cell<i64> = const { Cell::new(0) };
}

fn signed(layout: Layout) -> i64 {
    i64::try_from(layout.size()).unwrap_or(i64::MAX)
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        LIVE.set(LIVE.get() + signed(layout));
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get() - signed(layout));
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

/// How many bytes more there are after `f`.
fn growth<T>(f: impl FnOnce() -> T) -> i64 {
    let before = LIVE.get();
    drop(f());
    LIVE.get() - before
}

/// How many bytes what `f` makes takes.
fn growth_of<T>(f: impl FnOnce() -> T) -> i64 {
    let before = LIVE.get();
    let made = f();
    let bytes = LIVE.get() - before;
    drop(made);
    bytes
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
    assert_eq!(growth(|| drop(std::hint::black_box(Box::new(1)))), 0);
    assert_eq!(growth(|| std::mem::forget(std::hint::black_box(Box::new(1_u64)))), 8);
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

/// A breaker whose clock is the test's, with its first calls behind it.
fn used(settings: Settings) -> (CircuitBreaker, ManualClock) {
    let breaker = CircuitBreaker::new("used", settings.ttl(TTL)).unwrap();
    let clock = ManualClock::new();
    breaker.set_clock(&clock);
    flap(&breaker, &clock);
    (breaker, clock)
}

/// Opens the breaker, and closes it by a probe.
fn flap(breaker: &CircuitBreaker, clock: &ManualClock) {
    while breaker.state() == State::Closed {
        breaker.try_acquire().unwrap().failure(&"down");
    }
    breaker.try_acquire().unwrap_err();
    clock.advance(TTL);
    breaker.try_acquire().unwrap().success();
}

/// What resilient 0.1.0 keeps for each call: 24 bytes.
#[test]
fn a_million_successful_calls_leave_nothing_behind() {
    let (breaker, _clock) = used(Settings::new());
    let call = || assert_eq!(breaker.call(|| Ok::<_, Fault>(1)).unwrap(), 1);
    assert_eq!(growth(|| (0..1_000_000).for_each(|_| call())), 0);
}

/// What tower-resilience-circuitbreaker 0.14.0 writes down for each call in a time window, and then reads through at
/// the next one.
#[test]
fn fifty_thousand_calls_in_a_window_take_no_memory() {
    let window = Settings::new().window(TTL).threshold(30_000).failure_rate(0.9);
    let (breaker, clock) = used(window);
    let before = breaker.snapshot().calls;
    let call = |n: u64| {
        clock.advance(Duration::from_millis(1));
        let permit = breaker.try_acquire().unwrap();
        if n % 2 == 0 { permit.success() } else { permit.failure(&"down") }
    };
    assert_eq!(growth(|| (0..50_000).for_each(call)), 0);
    assert_eq!(allocations(|| call(0)), 0);
    let snapshot = breaker.snapshot();
    assert_eq!(snapshot.calls.made() - before.made(), 50_002);
    assert_eq!(snapshot.window_calls, Some(50_002));
}

/// What recloser 1.4.0 loses: 65 bytes for each call of a breaker that flaps.
#[test]
fn a_breaker_that_flaps_leaves_nothing_behind() {
    for settings in [Settings::new(), Settings::new().window(TTL)] {
        let (breaker, clock) = used(settings);
        assert_eq!(growth(|| (0..2_500).for_each(|_| flap(&breaker, &clock))), 0);
        assert_eq!(breaker.snapshot().transitions.total(), 2_501 * 3);
    }
}

/// What recloser 1.4.0 loses: 164 bytes for each breaker made and dropped.
#[test]
fn breakers_made_and_dropped_leave_nothing_behind() {
    let one = || drop(used(Settings::new().window(TTL)));
    one();
    assert_eq!(growth(|| (0..1_000).for_each(|_| one())), 0);
}

/// What Hystrix takes for 5000 keys: 1.5 GB.
#[test]
fn five_thousand_breakers_take_less_than_ten_mebibytes_and_with_windows_less_than_forty() {
    for (settings, mebibytes) in [(Settings::new(), 10), (Settings::new().window(TTL), 40)] {
        let mut breakers = Vec::new();
        let make = |_| Box::new(used(settings).0);
        let bytes = growth(|| breakers.extend((0..5_000).map(make)));
        assert!((1..mebibytes << 20).contains(&bytes), "{bytes}");
    }
}

#[test]
fn a_window_takes_five_kibibytes() {
    let make = |settings| growth_of(|| CircuitBreaker::new("one", settings).unwrap());
    let (plain, windowed) = (make(Settings::new()), make(Settings::new().window(TTL)));
    assert!((1..=5 << 10).contains(&(windowed - plain)), "{plain}, {windowed}");
}

/// But for the room for what they said, which a breaker keeps until it trips.
#[test]
fn failures_near_a_trip_and_calls_that_end_their_run_allocate_nothing() {
    let breaker = CircuitBreaker::new("allocations/near", Settings::new()).unwrap();
    let fail_and_succeed = || {
        for _ in 0..4 {
            breaker.try_acquire().unwrap().failure(&format_args!("down since {} o'clock", 7));
        }
        breaker.try_acquire().unwrap().success();
    };
    assert_eq!(allocations(fail_and_succeed), 0);
}

#[test]
fn failures_far_from_a_trip_and_calls_that_are_timed_allocate_nothing() {
    let far = Settings::new().threshold(1_000);
    for settings in [far, far.window(TTL), far.window(TTL).failure_rate(0.5), far.slow_call(TTL)] {
        let breaker = CircuitBreaker::new("far", settings).unwrap();
        assert_eq!(allocations(|| breaker.try_acquire().unwrap().failure(&"down")), 0);
        assert_eq!(allocations(|| breaker.try_acquire().unwrap().success()), 0);
    }
}
