// Arguments, locals and items called as an expansion's own may be.
#![deny(warnings)]

use circuit_runtime::{Rejected, circuit_breaker};

#[circuit_breaker(name = "db", failure_if = |error| *error == rejected(), exclude = [|evidence: &Rejected| evidence.name() == probe()])]
fn plain(permit: u32, ret: u32, error: u32, evidence: u32, found: u32, value: u32) -> Result<u32, Rejected> {
    let (reading, body, convertible, iter) = (1, 1, 1, 1);
    Ok(permit + ret + error + evidence + found + value + reading + body + convertible + iter)
}

fn rejected() -> u32 {
    0
}

fn probe() -> &'static str {
    "other"
}

#[circuit_breaker(name = "db", rejected = |permit| permit)]
async fn asynchronous(mut permit: u32, mut ret: u32, inner: u32, rejected: u32) -> Result<u32, Rejected> {
    permit += 1;
    ret += 1;
    Ok(permit + ret + inner + rejected)
}

#[circuit_breaker(name = "db", fallback = |rejected, permit| rejected + permit)]
fn fallback(rejected: u32, permit: u32) -> u32 {
    rejected + permit
}

#[circuit_breaker(name = "db")]
fn rows(iter: u32, rejected: u32) -> Result<impl Iterator<Item = Result<u32, Rejected>>, Rejected> {
    Ok((iter..rejected).map(Ok))
}

#[circuit_breaker(name = "db")]
fn nested(r#type: u32) -> Result<u32, Rejected> {
    #[circuit_breaker(name = "db")]
    fn nested(r#type: u32) -> Result<u32, Rejected> {
        #[allow(non_upper_case_globals, dead_code)]
        const __CIRCUIT_SITE: u32 = 1;
        Ok(r#type)
    }
    #[allow(dead_code)]
    mod core {}
    nested(r#type)
}

#[circuit_breaker(name = "db")]
fn stacked_once(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

#[circuit_breaker(name = "db")]
#[circuit_breaker(name = "another")]
fn stacked_twice(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

#[circuit_breaker(name = "db")]
fn recursive(id: u32) -> Result<u32, Rejected> {
    if id == 0 { Ok(0) } else { recursive(id - 1) }
}

mod types {
    #![allow(non_camel_case_types, dead_code)]
    use circuit_runtime::{Rejected, circuit_breaker};

    trait FromRejection {}
    trait Outcome {}
    enum State {}
    struct Returned;

    #[circuit_breaker(name = "db", ignore = [std::fmt::Error])]
    pub(super) fn load<K, J, V, X, R>(k: K, _: J, _: V, _: X, _: R) -> Result<K, Rejected> {
        Ok(k)
    }
}

fn main() {
    circuit_runtime::registry().verify().unwrap();
    assert_eq!(plain(1, 1, 1, 1, 1, 1).unwrap(), 10);
    assert_eq!(fallback(1, 1), 2);
    assert_eq!(rows(0, 2).unwrap().count(), 2);
    assert_eq!(nested(1).unwrap() + stacked_once(1).unwrap() + stacked_twice(1).unwrap(), 3);
    assert_eq!(recursive(3).unwrap(), 0);
    assert_eq!(types::load(1, 1, 1, 1, 1).unwrap(), 1);
    drop(asynchronous(1, 1, 1, 1));
}
