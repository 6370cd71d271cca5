//! What the functions share.

use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use circuit_runtime::{CircuitBreaker, Rejected};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("down {0}")]
    Down(u32),
    #[error("refused: {0}")]
    Refused(#[from] Rejected),
}

pub(crate) type Answer<T = u32> = Result<T, Fault>;

pub(crate) const fn down(n: u32) -> Answer {
    Err(Fault::Down(n))
}

/// The output of a future, which may let others go first, but waits for nothing.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    for _ in 0..1000 {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return output;
        }
    }
    panic!("the future waits");
}

pub(crate) fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Lets the executor poll once more.
pub(crate) async fn pause() {
    let mut paused = false;
    std::future::poll_fn(move |context| {
        if paused {
            return Poll::Ready(());
        }
        paused = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// How many calls succeeded and failed: that each was guarded, and once.
pub(crate) fn counted(breaker: &CircuitBreaker) -> (u64, u64) {
    let calls = breaker.snapshot().calls;
    (calls.success, calls.failure)
}

/// Writes its name down when it is dropped.
#[derive(Debug)]
pub(crate) struct Noisy<'l>(pub(crate) &'static str, pub(crate) &'l RefCell<Vec<&'static str>>);

impl Drop for Noisy<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}
