//! The permit of a call that is made in steps.

use std::mem;

use super::bypass::{anybody_bypasses, counts};
use super::circuit::CircuitBreaker;
use super::failure::Reason;
use super::permit::Permit;
use super::rejected::Refusal;
use crate::machine::Word;

/// A call that is made in steps, by a future or an iterator, and its permit between two of them. As small as the
/// permit: where there is none, the word says why.
///
/// Dropped, it is cancelled even if the thread is panicking, because then something else panics: a panic of the call
/// itself goes through a `Step`.
#[derive(Debug)]
pub struct Parked<'a> {
    breaker: &'a CircuitBreaker,
    word: Word,
}

impl<'a> Parked<'a> {
    /// A call that is still to ask its breaker.
    #[inline]
    pub(crate) fn ahead(breaker: &'a CircuitBreaker) -> Self {
        Self { breaker, word: Word::AHEAD }
    }

    /// A call that asks now, and tells what was said when it [enters](Self::enter).
    #[inline]
    pub(crate) fn asked(breaker: &'a CircuitBreaker) -> Self {
        let (breaker, word) = breaker.asked();
        Self { breaker, word }
    }

    #[inline]
    pub(crate) fn admitted(permit: Permit<'a>) -> Self {
        let (breaker, word) = permit.into_parts();
        Self { breaker, word }
    }

    /// A call that goes on after the function has returned, so that its end may lie outside of a scope that bypasses.
    #[inline]
    pub(crate) fn outliving(permit: Permit<'a>) -> Self {
        let mut parked = Self::admitted(permit);
        parked.may_leave();
        parked
    }

    /// It may go on outside of a scope that bypasses: where it is in one now, it bypasses to its end.
    #[inline]
    pub(crate) fn may_leave(&mut self) {
        if anybody_bypasses() && !self.word.is_mark() && !counts(self.word) {
            self.word = Word::UNCOUNTED;
        }
    }

    /// For a clone of what holds this one: its call's outcome is not the clone's to tell. What has asked no breaker yet
    /// asks for itself.
    pub(crate) fn for_clone(&self) -> Self {
        if self.is_ahead() { Self::ahead(self.breaker) } else { self.over() }
    }

    /// A call whose outcome is not to be told from here.
    pub(crate) fn over(&self) -> Self {
        Self { breaker: self.breaker, word: Word::OVER }
    }

    #[inline]
    pub(crate) fn is_ahead(&self) -> bool {
        self.word == Word::AHEAD
    }

    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.word == Word::OVER
    }

    /// Asks the breaker if that has not been done, before the first step.
    ///
    /// # Panics
    ///
    /// If the call was rejected already: it must not be made now.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), Refusal<'a>> {
        if self.word.is_of_an_era() { Ok(()) } else { self.enter_slowly() }
    }

    #[inline(never)]
    fn enter_slowly(&mut self) -> Result<(), Refusal<'a>> {
        assert!(self.word != Word::REFUSED, "a rejected call was polled after completion");
        if self.is_ahead() {
            (self.breaker, self.word) = self.breaker.asked();
        }
        if self.word.is_refusal() {
            return Err(Refusal::new(self.breaker, mem::replace(&mut self.word, Word::REFUSED)));
        }
        self.may_leave();
        Ok(())
    }

    /// Whether there is a permit, and no time to measure.
    #[inline]
    pub(crate) fn is_untimed(&self) -> bool {
        self.word.is_untimed_of_an_era()
    }

    #[inline]
    pub(crate) fn take(&mut self) -> Option<Permit<'a>> {
        if self.word.is_of_an_era() { Some(self.taken()) } else { self.take_unless_marked() }
    }

    #[cold]
    fn take_unless_marked(&mut self) -> Option<Permit<'a>> {
        (!self.word.is_mark()).then(|| self.taken())
    }

    #[inline]
    fn taken(&mut self) -> Permit<'a> {
        Permit::new(self.breaker, mem::replace(&mut self.word, Word::OVER))
    }

    /// From now on, the time is the caller's own, until [`resume`](Self::resume).
    #[cold]
    pub(crate) fn rest(&mut self) {
        if self.word.is_timed() {
            self.word = self.word.resting(|| self.breaker.clock.now());
        }
    }

    /// The dependency is waited for again.
    #[cold]
    pub(crate) fn resume(&mut self) {
        if self.word.is_timed() {
            self.word = self.word.resumed(|| self.breaker.clock.now());
        }
    }

    /// Runs a piece of the guarded call. If it panics, the call has failed.
    #[inline]
    pub(crate) fn step<T>(&mut self, piece: impl FnOnce() -> T) -> T {
        let step = Step(self);
        let done = piece();
        mem::forget(step);
        done
    }
}

impl Drop for Parked<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.is_over() {
            self.cancel();
        }
    }
}

impl Parked<'_> {
    #[cold]
    fn cancel(&mut self) {
        if let Some(permit) = self.take() {
            permit.cancel();
        }
    }
}

struct Step<'s, 'a>(&'s mut Parked<'a>);

impl Drop for Step<'_, '_> {
    fn drop(&mut self) {
        if let Some(permit) = self.0.take() {
            permit.failed(Reason::Panic, &Vec::new);
        }
    }
}
