//! How to read what a guarded call returns, and how to tell its outcome by it.

use std::marker::PhantomData;

use super::outcome::Outcome;
use crate::breaker::{Parked, Permit};

/// A call that is being made.
pub trait Ongoing {
    /// Whether its outcome has been told before its end, by a panic that somebody caught: then the user is asked nothing
    /// more of it.
    fn is_over(&self) -> bool;

    /// Runs a piece of it. If that panics, the call has failed.
    fn step<T>(&mut self, piece: impl FnOnce() -> T) -> T;
}

impl Ongoing for Permit<'_> {
    #[inline]
    fn is_over(&self) -> bool {
        false
    }

    /// A panic drops the permit on its way out, which counts it.
    #[inline]
    fn step<T>(&mut self, piece: impl FnOnce() -> T) -> T {
        piece()
    }
}

impl Ongoing for &mut Parked<'_> {
    #[inline]
    fn is_over(&self) -> bool {
        Parked::is_over(self)
    }

    #[inline]
    fn step<T>(&mut self, piece: impl FnOnce() -> T) -> T {
        Parked::step(self, piece)
    }
}

/// How to read what a function returns, or what its iterator yields. Knows the type from the signature, so that the
/// closures that judge it are typed before the body is.
pub trait Reading: Copy {
    type Returned;
    type Value;
    type Error;

    fn read(self, returned: &Self::Returned) -> Result<&Self::Value, &Self::Error>;

    /// Tells how `call` ended, by its error if it has one, and returns what it returned. What the user says of it is part
    /// of the call.
    #[inline]
    fn tell<C: Ongoing>(
        self,
        mut call: C,
        returned: Self::Returned,
        refuse: impl FnOnce(&Self::Value) -> bool,
        succeed: impl FnOnce(C),
        fail: impl FnOnce(C, Option<&Self::Error>),
    ) -> Self::Returned {
        if call.is_over() {
            return returned;
        }
        match call.step(|| self.read(&returned)) {
            Ok(value) => {
                if call.step(|| refuse(value)) {
                    fail(call, None);
                } else {
                    succeed(call);
                }
            }
            Err(error) => fail(call, Some(error)),
        }
        returned
    }
}

/// As the `Result` it is.
#[derive(Debug)]
pub struct ReadResult<T, E>(PhantomData<fn() -> Result<T, E>>);

/// As what it says it is.
#[derive(Debug)]
pub struct ReadOutcome<R>(PhantomData<fn() -> R>);

/// As a value, whatever it is: it cannot fail but by panicking, or by `failure_if`. `E` is for lists to be checked
/// against.
#[derive(Debug)]
pub struct ReadPlain<R, E = NoError>(PhantomData<fn() -> (R, E)>);

/// The error of what is not a `Result`.
#[derive(Debug)]
pub enum NoError {}

impl<T, E> Reading for ReadResult<T, E> {
    type Returned = Result<T, E>;
    type Value = T;
    type Error = E;

    #[inline]
    fn read(self, returned: &Result<T, E>) -> Result<&T, &E> {
        returned.as_ref()
    }

    // Taken apart and put together again. Copied as a whole right after its parts were written, it would make the processor
    // wait for them, for longer than all the rest of a guarded call takes.
    #[inline]
    fn tell<C: Ongoing>(
        self,
        mut call: C,
        returned: Result<T, E>,
        refuse: impl FnOnce(&T) -> bool,
        succeed: impl FnOnce(C),
        fail: impl FnOnce(C, Option<&E>),
    ) -> Result<T, E> {
        match returned {
            Ok(value) => {
                if !call.is_over() && call.step(|| refuse(&value)) {
                    fail(call, None);
                } else {
                    succeed(call);
                }
                Ok(value)
            }
            Err(error) => {
                fail(call, Some(&error));
                Err(error)
            }
        }
    }
}

impl<R: Outcome> Reading for ReadOutcome<R> {
    type Returned = R;
    type Value = R::Value;
    type Error = R::Error;

    #[inline]
    fn read(self, returned: &R) -> Result<&R::Value, &R::Error> {
        returned.outcome()
    }
}

impl<R, E> Reading for ReadPlain<R, E> {
    type Returned = R;
    type Value = R;
    type Error = E;

    #[inline]
    fn read(self, returned: &R) -> Result<&R, &E> {
        Ok(returned)
    }
}

impl<T, E> ReadResult<T, E> {
    #[inline]
    pub fn failing_as<K: Reading>(self, _: K) -> Self {
        self
    }
}

impl<R> ReadOutcome<R> {
    #[inline]
    pub fn failing_as<K: Reading>(self, _: K) -> Self {
        self
    }
}

impl<R> ReadPlain<R> {
    #[inline]
    pub const fn of_type() -> Self {
        Self(PhantomData)
    }

    /// For items inside a `Result` that are none themselves: lists are then of the errors of that one.
    #[inline]
    pub fn failing_as<K: Reading>(self, _: K) -> ReadPlain<R, K::Error> {
        ReadPlain(PhantomData)
    }
}

impl<T, E> Clone for ReadResult<T, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, E> Copy for ReadResult<T, E> {}

impl<R> Clone for ReadOutcome<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for ReadOutcome<R> {}

impl<R, E> Clone for ReadPlain<R, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, E> Copy for ReadPlain<R, E> {}

/// Asked for its reading through one reference, so that the compiler prefers its own method, for a `Result`, to
/// [`ReturnedOutcome`], and falls back to [`ReturnedPlain`] where neither applies.
#[derive(Debug)]
pub struct Returned<R>(PhantomData<fn() -> R>);

impl<R> Returned<R> {
    pub const fn of_type() -> Self {
        Self(PhantomData)
    }
}

impl<T, E> Returned<Result<T, E>> {
    #[inline]
    pub fn reading(&self) -> ReadResult<T, E> {
        ReadResult(PhantomData)
    }
}

pub trait ReturnedOutcome<R> {
    fn reading(&self) -> ReadOutcome<R>;
}

impl<R: Outcome> ReturnedOutcome<R> for Returned<R> {
    #[inline]
    fn reading(&self) -> ReadOutcome<R> {
        ReadOutcome(PhantomData)
    }
}

pub trait ReturnedPlain<R> {
    fn reading(&self) -> ReadPlain<R>;
}

impl<R> ReturnedPlain<R> for &Returned<R> {
    #[inline]
    fn reading(&self) -> ReadPlain<R> {
        ReadPlain::of_type()
    }
}
