//! One test for each fault that was found and mended, so that it stays so.

use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::panic_any;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use circuit_runtime::{
    Causes, CircuitBreaker, FromRejection, Listener, Mode, Outcome, Permit, Rejected, Settings,
    State, breaker, circuit_breaker,
};

use crate::support::{
    FAILURE, calls, fail, now, owned, panic_of, permit, poll, probeable, without_deadlock,
};

/// The word was open before the trip was written down, so a call rejected at once found none, or an older one.
#[test]
fn a_call_rejected_at_once_is_told_why() {
    for _ in 0..200 {
        let breaker = CircuitBreaker::new("at once", Settings::new().threshold(1)).unwrap();
        thread::scope(|scope| {
            let failing = scope.spawn(|| fail(&breaker));
            let rejected = loop {
                let failed = failing.is_finished();
                match breaker.try_acquire().map(Permit::ignore) {
                    Err(rejected) => break rejected,
                    Ok(()) => assert!(!failed, "the failure did not trip"),
                }
            };
            assert!(rejected.trip().is_some());
        });
    }
}

struct AsksWhenDropped(Arc<CircuitBreaker>, Arc<AtomicBool>);

impl Listener for AsksWhenDropped {}

impl Drop for AsksWhenDropped {
    fn drop(&mut self) {
        self.1.store(self.0.settings().get_threshold() > 0, Ordering::Release);
    }
}

/// The listener was dropped while the breaker's locks were held.
#[test]
fn a_listener_that_asks_the_breaker_when_it_is_dropped_gets_an_answer() {
    let breaker = Arc::new(CircuitBreaker::new("dropped", Settings::new()).unwrap());
    let answered = Arc::new(AtomicBool::new(false));
    let listener = AsksWhenDropped(Arc::clone(&breaker), Arc::clone(&answered));
    without_deadlock(move || {
        let id = breaker.add_listener(listener);
        assert!(breaker.remove_listener(id));
    });
    assert!(answered.load(Ordering::Acquire));
}

/// Panics as a value that panics again when whoever caught it drops it.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !thread::panicking() {
            panic_any("again");
        }
    }
}

struct Rude;

impl fmt::Display for Rude {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic_any(Bomb)
    }
}

/// The outcome was lost, and the probe's place with it.
#[test]
fn a_display_whose_panic_panics_again_costs_no_outcome_and_no_place() {
    let (breaker, _clock) = probeable(Settings::new());
    permit(&breaker).failure(&Rude);
    assert_eq!(breaker.snapshot().probes_in_flight, 0);
    assert_eq!(breaker.state(), State::Open);
}

#[derive(Debug, thiserror::Error)]
#[error("invalid")]
struct Invalid;

#[derive(Debug, thiserror::Error, Causes)]
enum Optional {
    #[error("perhaps")]
    Perhaps(#[source] Option<Invalid>),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "regressions/optional", exclude = [Invalid])]
fn optional(source: Option<Invalid>) -> Result<(), Optional> {
    Err(Optional::Perhaps(source))
}

/// Deriving `Causes` hid a source that may be missing, which `source()` had shown.
#[test]
fn a_source_that_may_be_missing_is_found_when_it_is_there() {
    optional(Some(Invalid)).unwrap_err();
    assert_eq!(breaker!("regressions/optional").failure_count(), 0);
    optional(None).unwrap_err();
    assert_eq!(breaker!("regressions/optional").failure_count(), 1);
}

struct Unreadable;

impl Outcome for Unreadable {
    type Value = ();
    type Error = ();
    fn outcome(&self) -> Result<&(), &()> {
        panic!("unreadable")
    }
}

impl FromRejection for Unreadable {
    fn from_rejection(_: Rejected) -> Self {
        Self
    }
}

#[circuit_breaker(name = "regressions/unreadable")]
fn unreadable() -> impl Iterator<Item = Unreadable> {
    std::iter::once(Unreadable)
}

/// It counted as cancelled, or as a success if it was not the first.
#[test]
fn a_panic_of_what_reads_an_item_is_a_failure() {
    panic_of(|| assert!(unreadable().next().is_none()));
    let calls = breaker!("regressions/unreadable").snapshot().calls;
    assert_eq!((calls.failure, calls.cancelled), (1, 0));
}

#[circuit_breaker(name = "regressions/unreadable_later")]
async fn unreadable_later() -> Unreadable {
    Unreadable
}

/// As above, in the one step in which a future is ready.
#[test]
fn a_panic_of_what_reads_the_output_of_a_future_is_a_failure() {
    panic_of(|| _ = now(unreadable_later()));
    let calls = breaker!("regressions/unreadable_later").snapshot().calls;
    assert_eq!((calls.failure, calls.cancelled), (1, 0));
}

#[circuit_breaker(name = "regressions/polled_on", failure_if = |_| panic!("asked of a call that is over"))]
fn polled_on() -> impl Future<Output = Result<u32, Rejected>> {
    let mut polls = 0..;
    poll_fn(move |_| match polls.next() {
        Some(0) => panic!("at first"),
        _ => Poll::Ready(Ok(1)),
    })
}

/// The user was asked about what a call returned whose outcome had been told by a panic.
#[test]
fn of_a_call_that_is_polled_on_after_a_panic_nothing_more_is_asked() {
    let mut future = pin!(polled_on());
    panic_of(|| _ = poll(future.as_mut()));
    assert!(matches!(poll(future.as_mut()), Poll::Ready(Ok(1))));
    assert_eq!(calls(breaker!("regressions/polled_on")), FAILURE);
}

#[circuit_breaker(name = "regressions/boxed", rejected = |_| Box::new(Invalid))]
fn boxed() -> Result<(), Box<Invalid>> {
    Err(Box::new(Invalid))
}

/// Only the attribute's list saw through the box.
#[test]
fn an_error_excluded_at_run_time_is_excluded_in_a_box_too() {
    breaker!("regressions/boxed").exclude::<Invalid>();
    boxed().unwrap_err();
    assert_eq!(breaker!("regressions/boxed").failure_count(), 0);
}

#[derive(Debug, thiserror::Error)]
enum Seen {
    #[error("http")]
    Http(#[from] Http),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[derive(Debug, thiserror::Error)]
#[error("status {0}")]
struct Http(u16);

#[circuit_breaker(name = "regressions/seen", threshold = 1, exclude = [|e: &Http| e.0 < 500])]
fn seen() -> Result<(), Seen> {
    Err(Http(503).into())
}

/// That it was met and not excluded was reported as never found.
#[test]
fn a_trip_says_nothing_of_a_type_that_was_seen() {
    seen().unwrap_err();
    assert_eq!(breaker!("regressions/seen").last_trip().unwrap().notes, Vec::<String>::new());
}

struct CountsRejections(Arc<AtomicU32>);

impl Listener for CountsRejections {
    fn rejected(&self, _: &CircuitBreaker, rejected: &Rejected) {
        assert_eq!(rejected.state(), State::Open);
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Shadow kept to itself what it is there to tell.
#[test]
fn in_shadow_mode_listeners_are_told_what_would_have_been_rejected() {
    let (breaker, _clock) = owned(Settings::new());
    let told = Arc::new(AtomicU32::new(0));
    breaker.add_listener(CountsRejections(Arc::clone(&told)));
    breaker.set_mode(Mode::Shadow);
    breaker.open();
    for _ in 0..3 {
        permit(&breaker).success();
    }
    assert_eq!(told.load(Ordering::Relaxed), 3);
    let calls = breaker.snapshot().calls;
    assert_eq!((calls.success, calls.rejected), (3, 0));
}

/// Writes, and takes a snapshot while it does.
struct ComesBack<'a>(&'a CircuitBreaker, Mutex<u32>);

impl fmt::Write for ComesBack<'_> {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        *self.1.lock().unwrap() += u32::from(self.0.snapshot().name.len() > 1);
        Ok(())
    }
}

/// Locks were held while a breaker was printed.
#[test]
fn a_writer_that_comes_back_into_the_breaker_gets_through() {
    without_deadlock(|| {
        let (breaker, _clock) = owned(Settings::new());
        let mut writer = ComesBack(&breaker, Mutex::new(0));
        fmt::write(&mut writer, format_args!("{breaker:?}")).unwrap();
        assert!(*writer.1.lock().unwrap() > 0);
    });
}

/// Two settings that round to one millisecond were compared after rounding.
#[test]
fn a_max_ttl_shorter_than_the_ttl_by_less_than_a_millisecond_is_refused() {
    let micros = Duration::from_micros;
    let settings = Settings::new().ttl(micros(1_900)).max_ttl(micros(1_100));
    assert_eq!(CircuitBreaker::new("rounded", settings).unwrap_err().key(), "max_ttl");
}
