//! The call behind an iterator or a stream.

use super::evidence::{Evidence, Judgement, settle};
use super::reading::{Ongoing, Reading};
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
        if !self.parked.is_untimed() {
            self.parked.resume();
        }
        self.parked.step(piece)
    }

    #[inline]
    pub(super) fn see<K: Reading>(
        &mut self,
        item: Option<K::Returned>,
        reading: K,
        judge: &impl Fn(&K::Error) -> Evidence<'_>,
        refuse: &impl Fn(&K::Value) -> bool,
    ) -> Option<K::Returned> {
        if self.parked.is_over() {
            return item;
        }
        let Some(item) = item else {
            self.end(Permit::success);
            return None;
        };
        let item = reading.tell(
            &mut *self,
            item,
            refuse,
            |call| call.answered = true,
            |call, error| call.see_failure(error, judge),
        );
        if !self.parked.is_untimed() {
            self.parked.rest();
        }
        Some(item)
    }

    #[cold]
    #[inline(never)]
    fn see_failure<E>(&mut self, error: Option<&E>, judge: &impl Fn(&E) -> Evidence<'_>) {
        match error {
            None => self.end(|permit| permit.failed(Reason::Value, &Vec::new)),
            Some(error) => {
                let evidence = self.parked.step(|| judge(error));
                self.see_error(evidence);
            }
        }
    }

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

impl Ongoing for &mut OpenCall {
    #[inline]
    fn is_over(&self) -> bool {
        self.parked.is_over()
    }

    #[inline]
    fn step<T>(&mut self, piece: impl FnOnce() -> T) -> T {
        self.parked.step(piece)
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
