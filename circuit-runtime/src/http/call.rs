//! A call that goes on after it was begun.

use std::mem;

use crate::breaker::{OwnedPermit, Reason};

/// A call that is made in steps, and its permit, until somebody has told how it ended. Dropped before, it is cancelled, also
/// where the thread panics: a panic of the call itself goes through a [`step`](Self::step).
#[derive(Debug)]
pub(super) struct Call(Option<OwnedPermit>);

impl Call {
    pub(super) fn new(permit: OwnedPermit) -> Self {
        Self(Some(permit))
    }

    /// Runs a piece of the call. If it panics, the call has failed.
    pub(super) fn step<T>(&mut self, piece: impl FnOnce() -> T) -> T {
        let step = Step(self);
        let done = piece();
        mem::forget(step);
        done
    }

    /// The permit, for who knows how the call ended.
    pub(super) fn take(&mut self) -> Option<OwnedPermit> {
        self.0.take()
    }
}

/// For what comes piece by piece, and is waited for by whoever wants it.
impl Call {
    /// Waits for the next piece. What passes between two of them is not the dependency's time.
    pub(super) fn wait<T>(&mut self, piece: impl FnOnce() -> T) -> T {
        self.0.iter_mut().for_each(OwnedPermit::resume);
        self.step(piece)
    }

    /// A piece is there.
    pub(super) fn rest(&mut self) {
        self.0.iter_mut().for_each(OwnedPermit::rest);
    }
}

struct Step<'c>(&'c mut Call);

impl Drop for Step<'_> {
    fn drop(&mut self) {
        if let Some(mut permit) = self.0.take() {
            permit.take().failed(Reason::Panic, &Vec::new);
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some(mut permit) = self.take() {
            permit.take().cancel();
        }
    }
}
