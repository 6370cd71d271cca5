//! Names that could be mixed up with others.

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted, now, pause};

#[circuit_breaker(name = "functions/names")]
fn r#match(r#type: u32, r#async: &str) -> Answer<String> {
    Ok(format!("{async}{type}", type = r#type, async = r#async))
}

#[circuit_breaker(name = "functions/names")]
async fn r#loop(mut r#mut: u32) -> Answer {
    r#mut += 1;
    pause().await;
    Ok(r#mut)
}

// tracing #3306
#[circuit_breaker(name = "functions/names")]
fn items_inside(n: u32) -> Answer {
    #[allow(dead_code)]
    mod core {}
    #[allow(dead_code)]
    mod circuit_runtime {}
    #[allow(dead_code)]
    enum Fault {}
    struct Answer(u32);
    #[allow(non_camel_case_types, dead_code)]
    struct u64;
    use std::fmt::*;
    const fn run(answer: &Answer) -> u32 {
        answer.0
    }
    let _: Result = Ok(());
    Ok(run(&Answer(n)))
}

#[circuit_breaker(name = "functions/names")]
async fn items_inside_later(n: u32) -> Answer {
    use std::collections::*;
    static CALLS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    macro_rules! twice {
        ($n:expr) => {
            $n * 2
        };
    }
    let map: BTreeMap<u32, u32> = std::iter::once((n, twice!(n))).collect();
    pause().await;
    let calls = CALLS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    Ok(map[&n] + calls)
}

// cached #114, #230; memoize #21
#[circuit_breaker(name = "functions/names", fallback = |ret, permit, error, inner, site, f| ret + permit + error + inner + site + f)]
fn as_an_expansion_may_call_its_own(
    ret: u32,
    permit: u32,
    error: u32,
    inner: u32,
    site: u32,
    f: u32,
) -> u32 {
    let (result, value, evidence, rejected, body, breaker) = (1, 1, 1, 1, 1, 1);
    ret + permit + error + inner + site + f + result + value + evidence + rejected + body + breaker
}

/// Constants cannot be shadowed by a binding: they would be patterns.
mod constants {
    #![allow(non_upper_case_globals)]

    use circuit_runtime::{Causes, Rejected, circuit_breaker};

    const permit: u32 = 1;
    const ret: u32 = 2;
    const error: u32 = 3;
    static evidence: u32 = 4;
    const rejected: u32 = 5;
    static iter: u32 = 6;
    const items: u32 = 7;
    const met: u32 = 8;
    const found: u32 = 9;
    const wanted: u32 = 10;
    const probe: u32 = 11;
    const cause0: u32 = 12;
    const visit: u32 = 13;
    const convertible: u32 = 14;

    #[derive(Debug, thiserror::Error, Causes)]
    pub(super) enum Error {
        #[error(transparent)]
        Format(#[from] std::fmt::Error),
        #[error(transparent)]
        Rejected(#[from] Rejected),
    }

    #[circuit_breaker(
        name = "functions/names",
        exclude = [std::fmt::Error, |e: &Error| e.to_string().is_empty(), Error::Format],
        ignore = [std::io::Error],
        failure_if = |n: &u32| *n == 0,
        rejected = |refusal: Rejected| Error::from(refusal),
    )]
    pub(super) fn sum() -> Result<u32, Error> {
        let some = permit + ret + error + evidence + rejected + iter + items;
        Ok(some + met + found + wanted + probe + cause0 + visit + convertible)
    }

    #[circuit_breaker(name = "functions/names", fallback = |n: u32| Ok(std::iter::once(n)))]
    pub(super) fn rows(n: u32) -> Result<impl Iterator<Item = u32>, Error> {
        Ok(std::iter::once(n).chain(Some(n)))
    }

    #[circuit_breaker(name = "functions/names")]
    pub(super) async fn sum_later(n: u32) -> Result<u32, Error> {
        Ok(n + ret)
    }
}

#[test]
fn no_name_is_mixed_up_with_another() {
    assert_eq!(r#match(1, "a").unwrap(), "a1");
    assert_eq!(now(r#loop(1)).unwrap(), 2);
    assert_eq!(items_inside(1).unwrap(), 1);
    assert_eq!(now(items_inside_later(1)).unwrap(), 2);
    assert_eq!(as_an_expansion_may_call_its_own(1, 1, 1, 1, 1, 1), 12);
    assert_eq!(constants::sum().unwrap(), (1..=14).sum::<u32>());
    assert_eq!(constants::rows(1).unwrap().count(), 2);
    assert_eq!(now(constants::sum_later(1)).unwrap(), 3);
    assert!(matches!(shadowed(Err(1)), Err(Fault::Down(1))));
    assert_eq!(counted(breaker!("functions/names")), (8, 1));
}

#[circuit_breaker(name = "functions/names")]
fn shadowed(answer: Result<u32, u32>) -> Answer {
    let answer = answer.map_err(Fault::Down);
    let answer = answer?;
    Ok(answer)
}
