// Everything that an expansion could be tempted to name without a root is something else here.
#![deny(warnings)]
#![allow(dead_code, non_camel_case_types, unused_macros)]

struct Ok;
struct Err;
struct Some;
struct None;
struct Result;
struct Option;
struct Box;
struct Pin;
struct Duration;
struct Infallible;
struct From;
struct Into;
struct Future;
struct Iterator;
struct FnOnce;
struct FnMut;
struct Fn;
struct Send;
struct Sized;
struct Clone;
struct Drop;
struct Default;
struct str;
struct u32;
struct u64;
struct usize;
struct bool;
struct Settings;
struct Site;
struct Rejected;
struct FromRejection;
struct Causes;

mod core {}
mod std {}
mod alloc {}
mod private {}
mod inventory {}
mod circuit_runtime {}

macro_rules! assert { ($($t:tt)*) => { compile_error!("the user's") }; }
macro_rules! file { ($($t:tt)*) => { compile_error!("the user's") }; }
macro_rules! line { ($($t:tt)*) => { compile_error!("the user's") }; }
macro_rules! column { ($($t:tt)*) => { compile_error!("the user's") }; }
macro_rules! panic { ($($t:tt)*) => { compile_error!("the user's") }; }
macro_rules! matches { ($($t:tt)*) => { compile_error!("the user's") }; }
macro_rules! unreachable { ($($t:tt)*) => { compile_error!("the user's") }; }

// What this file itself names.
mod db {
    use ::circuit_runtime::Rejected;

    pub type Answer<T> = ::core::result::Result<T, Error>;
    pub type Number = ::core::primitive::u32;

    #[derive(Debug, thiserror::Error, ::circuit_runtime::Causes)]
    pub enum Error {
        #[error(transparent)]
        Format(#[from] ::core::fmt::Error),
        #[error(transparent)]
        Rejected(#[from] Rejected),
    }

    pub fn answer(number: Number) -> Answer<Number> {
        Ok(number)
    }

    pub const FAILURES: Number = 3;
    pub const OPEN: ::core::time::Duration = ::core::time::Duration::from_secs(1);
}

use db::{Answer, Error, Number, answer};

#[::circuit_runtime::circuit_breaker(name = "plain", threshold = db::FAILURES, ttl = db::OPEN, max_ttl = "1h", on_cancel = failure)]
fn plain(id: Number) -> Answer<Number> {
    answer(id)
}

#[::circuit_runtime::circuit_breaker(name = "lists", exclude = [::core::fmt::Error], ignore = [Error::Format, |e: &Error| e.source_is_empty()], failure_if = |id| *id == 0, rejected = Error::Rejected)]
fn lists(id: Number) -> Answer<Number> {
    answer(id)
}

impl Error {
    fn source_is_empty(&self) -> ::core::primitive::bool {
        false
    }
}

#[::circuit_runtime::circuit_breaker(name = "async")]
async fn asynchronous(id: Number) -> Answer<Number> {
    answer(id)
}

#[::circuit_runtime::circuit_breaker(name = "future")]
fn future(id: Number) -> impl ::core::future::Future<Output = Answer<Number>> {
    ::core::future::ready(answer(id))
}

#[::circuit_runtime::circuit_breaker(name = "boxed")]
fn boxed(
    id: Number,
) -> ::core::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = Answer<Number>>>> {
    ::std::boxed::Box::pin(async move { answer(id) })
}

#[::circuit_runtime::circuit_breaker(name = "rows")]
fn rows(id: Number) -> impl ::core::iter::Iterator<Item = Answer<Number>> {
    ::core::iter::once(answer(id))
}

#[::circuit_runtime::circuit_breaker(name = "boxed rows")]
fn boxed_rows(id: Number) -> ::std::boxed::Box<dyn ::core::iter::Iterator<Item = Answer<Number>>> {
    ::std::boxed::Box::new(::core::iter::once(answer(id)))
}

#[::circuit_runtime::circuit_breaker(name = "tried rows")]
fn tried_rows(
    id: Number,
) -> ::core::result::Result<::std::boxed::Box<dyn ::core::iter::Iterator<Item = Answer<Number>>>, Error>
{
    ::core::result::Result::Ok(::std::boxed::Box::new(::core::iter::once(answer(id))))
}

#[::circuit_runtime::circuit_breaker(name = "fallback", fallback = |_| 0)]
fn fallback(id: Number) -> Number {
    id
}

fn main() {
    ::circuit_runtime::registry().verify().unwrap();
    ::core::assert_eq!(plain(1).unwrap() + lists(1).unwrap() + fallback(1), 3);
    ::core::assert_eq!(rows(1).chain(boxed_rows(1)).chain(tried_rows(1).unwrap()).count(), 3);
    drop((asynchronous(1), future(1), boxed(1)));
    let _ = ::circuit_runtime::breaker!("plain").state();
    let _ = ::circuit_runtime::breaker!("declared", threshold = 2, ttl = "5s").state();
}
