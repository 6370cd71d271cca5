//! What is offered, and what it is to be.

use std::marker::PhantomData;

use crate::guard::reading::Reading;
use crate::guard::reject::RejectedBy;

/// A function of type `F` that is to have the signature `S`.
#[derive(Debug)]
pub struct Offered<F, S>(PhantomData<fn(F) -> S>);

/// `failure_if`: `Fn(&T) -> bool`
#[derive(Debug)]
pub struct Asked<T>(PhantomData<fn() -> T>);

/// `rejected`: `Fn(Rejected) -> E`
#[derive(Debug)]
pub struct Rejecting<E>(PhantomData<fn() -> E>);

/// `fallback`: `Fn(..A) -> R`
#[derive(Debug)]
pub struct Answering<A, R>(PhantomData<fn() -> (A, R)>);

/// The same, `async`.
#[derive(Debug)]
pub struct AnsweringLater<A, R>(PhantomData<fn() -> (A, R)>);

/// The same, where any iterator over `T` will do.
#[derive(Debug)]
pub struct AnsweringIterator<A, T>(PhantomData<fn() -> (A, T)>);

/// The same, where any stream of `T` will do.
#[cfg(feature = "stream")]
#[derive(Debug)]
pub struct AnsweringStream<A, T>(PhantomData<fn() -> (A, T)>);

/// What a closure answers where the function is asynchronous: a future of `R`.
#[derive(Debug)]
pub struct Later<R>(PhantomData<fn() -> R>);

/// What a closure answers where any iterator over `T` will do.
#[derive(Debug)]
pub struct AnyIterator<T>(PhantomData<fn() -> T>);

/// What a closure answers where any stream of `T` will do.
#[cfg(feature = "stream")]
#[derive(Debug)]
pub struct AnyStream<T>(PhantomData<fn() -> T>);

pub fn to_be_iterator<F, T>(_: &F) -> Offered<F, AnyIterator<T>> {
    Offered(PhantomData)
}

#[cfg(feature = "stream")]
pub fn to_be_stream<F, T>(_: &F) -> Offered<F, AnyStream<T>> {
    Offered(PhantomData)
}

pub fn to_be_later<F, R>(_: &F) -> Offered<F, Later<R>> {
    Offered(PhantomData)
}

pub fn to_be_asked<F, K: Reading>(_: &F, _: K) -> Offered<F, Asked<K::Value>> {
    Offered(PhantomData)
}

pub fn to_reject<F, R: RejectedBy>(_: &F) -> Offered<F, Rejecting<R::Error>> {
    Offered(PhantomData)
}

pub fn to_answer<F, A, R>(_: &F, _: &A) -> Offered<F, Answering<A, R>> {
    Offered(PhantomData)
}

pub fn to_answer_later<F, A, R>(_: &F, _: &A) -> Offered<F, AnsweringLater<A, R>> {
    Offered(PhantomData)
}

pub fn to_answer_iterator<F, A, T>(_: &F, _: &A) -> Offered<F, AnsweringIterator<A, T>> {
    Offered(PhantomData)
}

#[cfg(feature = "stream")]
pub fn to_answer_stream<F, A, T>(_: &F, _: &A) -> Offered<F, AnsweringStream<A, T>> {
    Offered(PhantomData)
}
