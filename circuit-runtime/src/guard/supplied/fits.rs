//! First tier: what has its signature.

use std::future::Future;
use std::marker::PhantomData;

#[cfg(feature = "stream")]
use futures_core::Stream;

use super::Fallback;
use super::offered::{
    Answering, AnsweringIterator, AnsweringLater, AnyIterator, Asked, Later, Offered, Rejecting,
};
#[cfg(feature = "stream")]
use super::offered::{AnsweringStream, AnyStream};
use crate::breaker::Rejected;

/// One that has the signature `S`.
#[derive(Debug)]
pub struct Fits<S>(PhantomData<fn() -> S>);

pub trait Fitting<S> {
    fn fit(&self) -> Fits<S> {
        Fits(PhantomData)
    }
}

impl<F: Fn(&T) -> bool, T> Fitting<Asked<T>> for Offered<F, Asked<T>> {}

impl<F: FnOnce(Rejected) -> E, E> Fitting<Rejecting<E>> for Offered<F, Rejecting<E>> {}

impl<F: Fallback<A, Answer = R>, A, R> Fitting<Answering<A, R>> for Offered<F, Answering<A, R>> {}

impl<F, A, R> Fitting<AnsweringLater<A, R>> for Offered<F, AnsweringLater<A, R>> where
    F: Fallback<A, Answer: Future<Output = R>>
{
}

impl<F, A, T> Fitting<AnsweringIterator<A, T>> for Offered<F, AnsweringIterator<A, T>> where
    F: Fallback<A, Answer: Iterator<Item = T>>
{
}

#[cfg(feature = "stream")]
impl<F, A, T> Fitting<AnsweringStream<A, T>> for Offered<F, AnsweringStream<A, T>> where
    F: Fallback<A, Answer: Stream<Item = T>>
{
}

impl<F: Iterator<Item = T>, T> Fitting<AnyIterator<T>> for Offered<F, AnyIterator<T>> {}

#[cfg(feature = "stream")]
impl<F: Stream<Item = T>, T> Fitting<AnyStream<T>> for Offered<F, AnyStream<T>> {}

impl<F: Future<Output = R>, R> Fitting<Later<R>> for Offered<F, Later<R>> {}

impl<T> Fits<Asked<T>> {
    #[inline]
    pub fn asked<F: Fn(&T) -> bool>(self, asked: F) -> F {
        asked
    }
}

impl<E> Fits<Rejecting<E>> {
    #[inline]
    pub fn reject(self, make: impl FnOnce(Rejected) -> E, rejected: Rejected) -> E {
        make(rejected)
    }
}

impl<A, R> Fits<Answering<A, R>> {
    #[inline]
    pub fn answer(self, fallback: impl Fallback<A, Answer = R>, arguments: A) -> R {
        fallback.answer(arguments)
    }
}

impl<A, R> Fits<AnsweringLater<A, R>> {
    #[inline]
    pub fn answer<F>(self, fallback: F, arguments: A) -> F::Answer
    where
        F: Fallback<A, Answer: Future<Output = R>>,
    {
        fallback.answer(arguments)
    }
}

impl<A, T> Fits<AnsweringIterator<A, T>> {
    #[inline]
    pub fn answer<F: Fallback<A>>(self, fallback: F, arguments: A) -> F::Answer {
        fallback.answer(arguments)
    }
}

#[cfg(feature = "stream")]
impl<A, T> Fits<AnsweringStream<A, T>> {
    #[inline]
    pub fn answer<F: Fallback<A>>(self, fallback: F, arguments: A) -> F::Answer {
        fallback.answer(arguments)
    }
}

impl<S> Fits<S> {
    #[inline]
    pub fn itself<F>(self, answer: F) -> F {
        answer
    }
}
