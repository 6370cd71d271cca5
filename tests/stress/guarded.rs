//! Guarded functions, and the ways to call them.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use circuit_runtime::{CircuitBreaker, Failure, Listener, Rejected, StateChange, circuit_breaker};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::time;

use crate::chance::Chance;
use crate::tally::Tally;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("down")]
    Down,
    #[error("invalid")]
    Invalid,
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// A panic that no hook prints.
pub(crate) fn panic() -> ! {
    resume_unwind(Box::new("panicked"))
}

pub(crate) fn survive(f: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(f));
}

pub(crate) fn work(chance: &mut Chance) -> Result<u64, Fault> {
    match chance.below(20) {
        0..14 => Ok(1),
        14..18 => Err(Fault::Down),
        18 => Err(Fault::Invalid),
        _ => panic(),
    }
}

#[circuit_breaker(
    name = "stress/guarded",
    threshold = 3,
    ttl = "1ms",
    probes = 2,
    probe_timeout = "2ms",
    window = "10ms",
    minimum_calls = 5,
    slow_call = "2ms",
    exclude = [Fault::Invalid],
)]
fn plain(chance: &mut Chance) -> Result<u64, Fault> {
    work(chance)
}

#[circuit_breaker(name = "stress/guarded", ignore = [Fault::Invalid])]
fn items(chance: &mut Chance) -> impl Iterator<Item = Result<u64, Fault>> + '_ {
    (0..chance.below(6)).map(|_| work(chance))
}

#[circuit_breaker(name = "stress/guarded")]
async fn waits(mut chance: Chance, pauses: u64) -> Result<u64, Fault> {
    for _ in 0..pauses {
        tokio::task::yield_now().await;
    }
    if chance.one_in(20) {
        time::sleep(Duration::from_micros(chance.below(3_000))).await;
    }
    work(&mut chance)
}

#[circuit_breaker(name = "stress/guarded")]
fn flows(mut chance: Chance) -> impl Stream<Item = Result<u64, Fault>> + Unpin {
    let length = chance.below(6);
    stream::iter((0..length).map(move |_| work(&mut chance)))
}

/// A call of a guarded function that is not asynchronous.
pub(crate) fn call(tally: &Tally, chance: &mut Chance) {
    tally.ask();
    survive(|| {
        if chance.one_in(2) {
            let _ = plain(chance);
        } else {
            let taken = usize::try_from(chance.below(6)).expect("a few");
            items(chance).take(taken).for_each(drop);
        }
    });
}

/// An asynchronous call, which is sometimes dropped before its end.
pub(crate) async fn call_async(
    breaker: &'static CircuitBreaker,
    tally: &Tally,
    chance: &mut Chance,
) {
    let seed = Chance::new(chance.below(u64::MAX));
    let pauses = chance.below(4);
    if breaker.name() != "stress/guarded" {
        let future = breaker.call_async(async move {
            let mut seed = seed;
            for _ in 0..pauses {
                tokio::task::yield_now().await;
            }
            work(&mut seed)
        });
        return drive(tally, chance, Box::pin(async { drop(future.await) })).await;
    }
    if chance.one_in(3) {
        // Asked at the first poll, which a stream that is dropped at once never sees.
        tally.ask();
        let mut stream = flows(seed);
        let items = 1 + chance.below(4);
        survive(|| {
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..items {
                let _ = stream.poll_next_unpin(&mut context);
            }
        });
        return;
    }
    drive(tally, chance, Box::pin(async move { drop(waits(seed, pauses).await) })).await;
}

/// Polls a call to its end, or for a few times, or for a short time, or never.
async fn drive(tally: &Tally, chance: &mut Chance, call: Pin<Box<dyn Future<Output = ()> + Send>>) {
    let mut call = Survives(call);
    match chance.below(10) {
        // It never asks.
        0 => return,
        1 | 2 => {
            tally.ask();
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..=chance.below(2) {
                if Pin::new(&mut call).poll(&mut context).is_ready() {
                    return;
                }
            }
        }
        3 => {
            tally.ask();
            let _ = time::timeout(Duration::from_micros(chance.below(500)), call).await;
        }
        _ => {
            tally.ask();
            call.await;
        }
    }
    tokio::task::yield_now().await;
}

/// A future whose panic ends it.
struct Survives(Pin<Box<dyn Future<Output = ()> + Send>>);

impl Future for Survives {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let polled = catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context)));
        polled.unwrap_or(Poll::Ready(()))
    }
}

/// Panics whenever it is told anything.
pub(crate) struct Rude;

impl Listener for Rude {
    fn before_call(&self, _: &CircuitBreaker) {
        panic();
    }
    fn success(&self, _: &CircuitBreaker) {
        panic();
    }
    fn failure(&self, _: &CircuitBreaker, _: &Failure<'_>) {
        panic();
    }
    fn cancelled(&self, _: &CircuitBreaker) {
        panic();
    }
    fn rejected(&self, _: &CircuitBreaker, _: &Rejected) {
        panic();
    }
    fn state_change(&self, _: &CircuitBreaker, _: &StateChange) {
        panic();
    }
}
