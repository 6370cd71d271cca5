//! What is guarded: the same function, with the same error, whoever guards it.

use std::future::Future;
use std::hint::spin_loop;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use circuit_runtime::Rejected;

/// What every guarded call returns, whatever the breaker's own error is: a service has one error type.
pub(crate) type Answer = Result<u64, Fault>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("busy")]
    Busy,
    #[error("rejected")]
    Rejected,
}

impl From<Rejected> for Fault {
    fn from(_: Rejected) -> Self {
        Self::Rejected
    }
}

/// From here on numbers fail.
pub(crate) const FAILING: u64 = 1 << 62;

/// Never inlined, so that no optimiser sees through guard and work at once.
#[inline(never)]
pub(crate) fn work(n: u64) -> Answer {
    if n < FAILING { Ok(n + 1) } else { Err(Fault::Busy) }
}

/// Ready at its first poll.
pub(crate) async fn work_later(n: u64) -> Answer {
    work(n)
}

pub(crate) fn work_items(items: u64) -> impl Iterator<Item = Answer> {
    (0..items).map(work)
}

/// Polls a future until it is ready. One that waits is polled again at once: kinder to a peer that holds an
/// asynchronous lock than putting the thread to sleep would be.
#[inline]
pub(crate) fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => spin_loop(),
        }
    }
}
