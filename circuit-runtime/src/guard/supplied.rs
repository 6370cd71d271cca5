//! The functions that the user names in `failure_if`, `rejected` and `fallback`.
//!
//! Called as they are, those that do not fit would be answered with what is wrong with a call that the user never wrote.
//! So they are looked at first, in two tiers as in `probe`: one that fits is called, one that does not lacks a trait
//! whose message says what it has to be.

use std::future::{self, Future};
use std::iter::{self, FusedIterator};
use std::marker::PhantomData;
#[cfg(feature = "stream")]
use std::pin::Pin;
#[cfg(feature = "stream")]
use std::task::{Context, Poll};

#[cfg(feature = "stream")]
use futures_core::Stream;

use super::outcome::Reading;
use super::reject::RejectedBy;
use crate::breaker::Rejected;

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

/// First tier: one that has its signature.
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

impl<R> Fits<Later<R>> {
    #[inline]
    pub fn later<F: Future<Output = R>>(self, answer: F) -> F {
        answer
    }
}

/// Last tier: one that has another.
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

impl<F, R> Unfit<F, Later<R>> {
    pub fn later(self, _: F) -> future::Pending<R>
    where
        F: IsLater<R>,
    {
        unreachable!("the program did not compile")
    }
}

/// Items of a program that does not compile: whatever else the function returns, it is not reported as well.
#[derive(Clone, Debug)]
pub struct Nothing<T>(iter::Empty<T>);

impl<T> Iterator for Nothing<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.next()
    }
}

impl<T> DoubleEndedIterator for Nothing<T> {
    fn next_back(&mut self) -> Option<T> {
        self.0.next_back()
    }
}

impl<T> ExactSizeIterator for Nothing<T> {}

impl<T> FusedIterator for Nothing<T> {}

#[cfg(feature = "stream")]
impl<T> Stream for Nothing<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        Poll::Ready(None)
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
    message = "`fallback` takes what the function takes, `{A}`, and returns such items as the function does, of `{T}`",
    label = "has another signature",
    note = "`self` is among the arguments; a closure can go between: `fallback = |..| ..`"
)]
pub trait StandsInWithItems<A, T> {}

/// A function of as many arguments as the tuple `A` has.
pub trait Fallback<A> {
    type Answer;

    fn answer(self, arguments: A) -> Self::Answer;
}

/// And how a closure is called whose arguments have no written types, which are known by then.
macro_rules! fallbacks {
    ($($call:ident($($argument:ident: $ty:ident),*);)*) => {$(
        impl<F: FnOnce($($ty),*) -> R, $($ty,)* R> Fallback<($($ty,)*)> for F {
            type Answer = R;

            #[inline]
            fn answer(self, ($($argument,)*): ($($ty,)*)) -> R {
                self($($argument),*)
            }
        }

        #[inline]
        #[allow(clippy::too_many_arguments, reason = "as many as the user's function has")]
        pub fn $call<$($ty,)* R>($($argument: $ty,)* fallback: impl FnOnce($($ty),*) -> R) -> R {
            fallback($($argument),*)
        }
    )*};
}

fallbacks! {
    fall_back_0();
    fall_back_1(a: A);
    fall_back_2(a: A, b: B);
    fall_back_3(a: A, b: B, c: C);
    fall_back_4(a: A, b: B, c: C, d: D);
    fall_back_5(a: A, b: B, c: C, d: D, e: E);
    fall_back_6(a: A, b: B, c: C, d: D, e: E, g: G);
    fall_back_7(a: A, b: B, c: C, d: D, e: E, g: G, h: H);
    fall_back_8(a: A, b: B, c: C, d: D, e: E, g: G, h: H, i: I);
}
