//! Last tier: what has another signature, and the traits that it lacks.

use std::future;
use std::marker::PhantomData;

use super::Nothing;
use super::offered::{
    Answering, AnsweringIterator, AnsweringLater, AnyIterator, Asked, Later, Offered, Rejecting,
};
#[cfg(feature = "stream")]
use super::offered::{AnsweringStream, AnyStream};
use crate::breaker::Rejected;

/// One that has another than `S`.
#[derive(Debug)]
pub struct Unfit<F, S>(PhantomData<fn(F) -> S>);

pub trait Unfitting<F, S> {
    fn fit(&self) -> Unfit<F, S> {
        Unfit(PhantomData)
    }
}

impl<F, S> Unfitting<F, S> for &Offered<F, S> {}

impl<F, T> Unfit<F, Asked<T>> {
    pub fn asked(self, _: F) -> fn(&T) -> bool
    where
        F: IsAsked<T>,
    {
        unreachable!("the program did not compile")
    }
}

impl<F, E> Unfit<F, Rejecting<E>> {
    pub fn reject(self, _: F, _: Rejected) -> E
    where
        F: Rejects<E>,
    {
        unreachable!("the program did not compile")
    }
}

impl<F, A, R> Unfit<F, Answering<A, R>> {
    pub fn answer(self, _: F, _: A) -> R
    where
        F: StandsIn<A, R>,
    {
        unreachable!("the program did not compile")
    }
}

impl<F, A, R> Unfit<F, AnsweringLater<A, R>> {
    pub fn answer(self, _: F, _: A) -> future::Pending<R>
    where
        F: StandsInLater<A, R>,
    {
        unreachable!("the program did not compile")
    }
}

impl<F, A, T> Unfit<F, AnsweringIterator<A, T>> {
    pub fn answer(self, _: F, _: A) -> Nothing<T>
    where
        F: StandsInWithItems<A, T>,
    {
        unreachable!("the program did not compile")
    }
}

#[cfg(feature = "stream")]
impl<F, A, T> Unfit<F, AnsweringStream<A, T>> {
    pub fn answer(self, _: F, _: A) -> Nothing<T>
    where
        F: StandsInWithItems<A, T>,
    {
        unreachable!("the program did not compile")
    }
}

impl<F, T> Unfit<F, AnyIterator<T>> {
    pub fn itself(self, _: F) -> Nothing<T>
    where
        F: IsIterator<T>,
    {
        unreachable!("the program did not compile")
    }
}

#[cfg(feature = "stream")]
impl<F, T> Unfit<F, AnyStream<T>> {
    pub fn itself(self, _: F) -> Nothing<T>
    where
        F: IsStream<T>,
    {
        unreachable!("the program did not compile")
    }
}

impl<F, R> Unfit<F, Later<R>> {
    pub fn itself(self, _: F) -> future::Pending<R>
    where
        F: IsLater<R>,
    {
        unreachable!("the program did not compile")
    }
}

#[diagnostic::on_unimplemented(
    message = "`failure_if` is asked about a `&{T}`, and answers with a `bool`",
    label = "has another signature",
    note = "it is asked about what the function returns on success: `failure_if = |value| ..`"
)]
pub trait IsAsked<T> {}

#[diagnostic::on_unimplemented(
    message = "`rejected` takes a `circuit_runtime::Rejected` and makes the function's error of it, `{E}`",
    label = "has another signature",
    note = "a closure can go between: `rejected = |rejected| ..`"
)]
pub trait Rejects<E> {}

#[diagnostic::on_unimplemented(
    message = "`fallback` takes what the function takes, `{A}`, and returns what it returns, `{R}`",
    label = "has another signature",
    note = "`self` is among the arguments; a closure can go between: `fallback = |..| ..`"
)]
pub trait StandsIn<A, R> {}

#[diagnostic::on_unimplemented(
    message = "`fallback` is `async` as the function is, takes what it takes, `{A}`, and returns what it returns, `{R}`",
    label = "has another signature",
    note = "`self` is among the arguments; a closure can go between: `fallback = async |..| ..`"
)]
pub trait StandsInLater<A, R> {}

#[diagnostic::on_unimplemented(
    message = "`fallback` is `async` as the function is, and returns what it returns, `{R}`",
    label = "this answers with a `{Self}`",
    note = "write `fallback = async |..| ..`"
)]
pub trait IsLater<R> {}

#[diagnostic::on_unimplemented(
    message = "`fallback` returns an iterator over what the function yields, `{T}`",
    label = "this answers with a `{Self}`"
)]
pub trait IsIterator<T> {}

#[cfg(feature = "stream")]
#[diagnostic::on_unimplemented(
    message = "`fallback` returns a stream of what the function yields, `{T}`",
    label = "this answers with a `{Self}`"
)]
pub trait IsStream<T> {}

#[diagnostic::on_unimplemented(
    message = "`fallback` takes what the function takes, `{A}`, and returns such items as the function does, of `{T}`",
    label = "has another signature",
    note = "`self` is among the arguments; a closure can go between: `fallback = |..| ..`"
)]
pub trait StandsInWithItems<A, T> {}
