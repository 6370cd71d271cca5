//! Results under every name, with every error.

use std::error::Error;
use std::{fmt, io};

use circuit_runtime::{FromRejection, Outcome, Rejected, breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted, now};

type Aliased<T, E = Fault> = Result<T, E>;
type Whole = Result<u32, Fault>;

#[circuit_breaker(name = "functions/results")]
fn aliased() -> Aliased<u32> {
    Ok(1)
}

#[circuit_breaker(name = "functions/results")]
fn aliased_whole() -> Whole {
    Ok(1)
}

#[circuit_breaker(name = "functions/results")]
fn of_io() -> io::Result<usize> {
    let mut bytes = [0; 2];
    io::Read::read(&mut &b"ab"[..], &mut bytes)
}

#[circuit_breaker(name = "functions/results", rejected = |_| fmt::Error)]
fn of_fmt(to: &mut dyn fmt::Write) -> fmt::Result {
    to.write_str("a")
}

#[circuit_breaker(name = "functions/results")]
async fn of_anyhow(text: &str) -> anyhow::Result<u32> {
    use anyhow::Context as _;
    let n: u32 = text.parse().context("no number")?;
    anyhow::ensure!(n < 9, "too many: {n}");
    Ok(n)
}

#[circuit_breaker(name = "functions/results")]
fn of_a_boxed_error(text: &str) -> Result<u32, Box<dyn Error>> {
    Ok(text.parse::<u32>()?)
}

#[circuit_breaker(name = "functions/results", rejected = |refused| refused.to_string())]
fn of_a_text(n: u32) -> Result<u32, String> {
    n.checked_sub(1).ok_or_else(|| "none".into())
}

#[circuit_breaker(name = "functions/results")]
fn of_a_pointer(n: &u32) -> Answer<*const u32> {
    Ok(n)
}

#[circuit_breaker(name = "functions/results")]
fn of_a_large_value(n: u8) -> Answer<[u8; 512]> {
    Ok([n; 512])
}

#[circuit_breaker(name = "functions/results", rejected = <()>::from_refusal)]
fn of_nothing(n: u32) -> Result<(), ()> {
    if n == 0 { Err(()) } else { Ok(()) }
}

trait FromRefusal {
    fn from_refusal(_: Rejected) -> Self;
}

impl FromRefusal for () {
    fn from_refusal(_: Rejected) -> Self {}
}

#[circuit_breaker(name = "functions/results")]
fn of_a_result(n: u32) -> Answer<Result<u32, fmt::Error>> {
    Ok(if n == 0 { Err(fmt::Error) } else { Ok(n) })
}

#[circuit_breaker(name = "functions/results")]
fn that_is_qualified(n: u32) -> ::std::result::Result<u32, crate::support::Fault> {
    Ok(n)
}

#[circuit_breaker(name = "functions/results")]
#[allow(unused_parens)]
fn in_parentheses(n: u32) -> (Answer) {
    Ok(n)
}

#[derive(Debug, PartialEq)]
enum Reply {
    Page(u32),
    Broken(u16),
    Unavailable,
}

impl Outcome for Reply {
    type Value = Self;
    type Error = u16;

    fn outcome(&self) -> Result<&Self, &u16> {
        match self {
            Self::Broken(status) => Err(status),
            other => Ok(other),
        }
    }
}

impl FromRejection for Reply {
    fn from_rejection(_: Rejected) -> Self {
        Self::Unavailable
    }
}

#[circuit_breaker(name = "functions/results/reply", threshold = 1, exclude = [|status: &u16| *status == 404])]
fn page(status: u16) -> Reply {
    if status == 200 { Reply::Page(1) } else { Reply::Broken(status) }
}

#[circuit_breaker(name = "functions/results/reply")]
async fn page_later() -> Reply {
    Reply::Page(2)
}

#[test]
fn results_are_as_they_were() {
    assert_eq!((aliased().unwrap(), aliased_whole().unwrap(), of_io().unwrap()), (1, 1, 2));
    of_fmt(&mut String::new()).unwrap();
    assert_eq!(now(of_anyhow("7")).unwrap(), 7);
    assert_eq!(now(of_anyhow("10")).unwrap_err().to_string(), "too many: 10");
    assert!(now(of_anyhow("x")).unwrap_err().root_cause().is::<std::num::ParseIntError>());
    assert!(of_a_boxed_error("x").unwrap_err().is::<std::num::ParseIntError>());
    assert_eq!((of_a_text(0).unwrap_err(), of_a_text(1).unwrap()), ("none".into(), 0));
    assert!(!of_a_pointer(&1).unwrap().is_null());
    assert_eq!(of_a_large_value(1).unwrap()[511], 1);
    assert_eq!((of_nothing(0), of_nothing(1)), (Err(()), Ok(())));
    assert_eq!(of_a_result(0).unwrap(), Err(fmt::Error));
    assert_eq!((that_is_qualified(1).unwrap(), in_parentheses(1).unwrap()), (1, 1));
    assert_eq!(counted(breaker!("functions/results")), (12, 5));
}

#[test]
fn a_rejection_is_found_in_every_error() {
    let breaker = breaker!("functions/results/refused");
    breaker.open();
    assert!(refused_by_io().unwrap_err().get_ref().unwrap().is::<Rejected>());
    assert!(now(refused_by_anyhow()).unwrap_err().is::<Rejected>());
    assert_eq!(breaker.snapshot().calls.rejected, 2);
}

#[circuit_breaker(name = "functions/results/refused")]
fn refused_by_io() -> io::Result<()> {
    Ok(())
}

#[circuit_breaker(name = "functions/results/refused")]
async fn refused_by_anyhow() -> anyhow::Result<()> {
    Ok(())
}

#[test]
fn a_returned_type_of_ones_own() {
    assert_eq!(page(404), Reply::Broken(404));
    assert_eq!(now(page_later()), Reply::Page(2));
    assert_eq!(page(500), Reply::Broken(500));
    assert_eq!((page(200), now(page_later())), (Reply::Unavailable, Reply::Unavailable));
}
