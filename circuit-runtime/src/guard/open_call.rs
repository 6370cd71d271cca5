//! The call behind an iterator or a stream.

use super::evidence::{Evidence, Judgement, settle};
use super::outcome::Reading;
use crate::breaker::{Parked, Permit, Reason};

/// The call behind an iterator or a stream, as long as its outcome is open.
#[derive(Debug)]
pub struct OpenCall {
    pub(super) parked: Parked<'static>,
    answered: bool,
}

impl OpenCall {
    pub(super) fn new(mut parked: Parked<'static>) -> Self {
        parked.rest();
        Self { parked, answered: false }
    }

    /// Waits for an item. What passes between [`see`](Self::see) and this is not the dependency's time.
    #[inline]
    pub(super) fn wait<T>(&mut self, piece: impl FnOnce() -> T) -> T {
        self.parked.resume();
        self.parked.step(piece)
    }

    #[inline]
    pub(super) fn see<K: Reading>(
        &mut self,
        item: Option<&K::Returned>,
        reading: K,
        judge: &impl Fn(&K::Error) -> Evidence<'_>,
        refuse: &impl Fn(&K::Value) -> bool,
    ) {
        if self.parked.is_over() {
            return;
        }
        // What the user says of an item is part of the call: if it panics, the call has failed.
        match item.map(|item| self.parked.step(|| reading.read(item))) {
            Some(Ok(value)) if !self.parked.step(|| refuse(value)) => self.answered = true,
            Some(Ok(_)) => self.end(|permit| permit.failed(Reason::Value, &Vec::new)),
            Some(Err(error)) => {
                let evidence = self.parked.step(|| judge(error));
                self.see_error(evidence);
            }
            None => self.end(Permit::success),
        }
        self.parked.rest();
    }

    #[cold]
    fn see_error(&mut self, evidence: Evidence<'_>) {
        let Some(permit) = self.parked.take() else {
            return;
        };
        match evidence.judgement(permit.breaker()) {
            Judgement::Failure => return settle(permit, evidence),
            // An excluded error is an answer.
            Judgement::Excluded => self.answered = true,
            Judgement::Ignored => {}
        }
        self.parked = Parked::admitted(permit);
    }

    #[cold]
    fn end(&mut self, how: impl FnOnce(Permit<'static>)) {
        if let Some(permit) = self.parked.take() {
            how(permit);
        }
    }
}

/// The call is the original's, and so is its outcome. One that has not asked its breaker yet is a call of its own.
impl Clone for OpenCall {
    fn clone(&self) -> Self {
        Self { parked: self.parked.for_clone(), answered: false }
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        // One good item proves that the dependency answers. Without one, the drop of `parked` cancels.
        if self.answered {
            self.end(Permit::success);
        }
    }
}
