// A lint that the attribute silenced would leave an expectation unfulfilled.
#![deny(warnings)]

use circuit_runtime::{Rejected, circuit_breaker};

#[expect(dead_code)]
#[circuit_breaker(name = "db")]
fn never_called() -> Result<u32, Rejected> {
    Ok(1)
}

#[expect(unused_variables)]
#[circuit_breaker(name = "db")]
fn forgotten_argument(id: u32) -> Result<u32, Rejected> {
    Ok(1)
}

#[expect(unused_variables)]
#[circuit_breaker(name = "db")]
async fn forgotten_argument_of_async(id: u32) -> Result<u32, Rejected> {
    Ok(1)
}

#[expect(unused_mut)]
#[circuit_breaker(name = "db")]
fn needless_mut(mut id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

#[expect(unused_mut)]
#[circuit_breaker(name = "db")]
async fn needless_mut_of_async(mut id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

#[expect(unreachable_code)]
#[circuit_breaker(name = "db")]
fn unreachable() -> Result<u32, Rejected> {
    return Ok(1);
    Ok(2)
}

#[expect(unused_must_use)]
#[circuit_breaker(name = "db")]
fn forgotten_result() -> Result<u32, Rejected> {
    needless_mut(1);
    Ok(1)
}

#[expect(unused_assignments)]
#[circuit_breaker(name = "db")]
fn assigned_for_nothing(mut id: u32) -> Result<u32, Rejected> {
    let read = id;
    id = 3;
    Ok(read)
}

#[expect(non_snake_case)]
#[circuit_breaker(name = "db")]
fn NotSnakeCase() -> Result<u32, Rejected> {
    Ok(1)
}

#[expect(unused_parens)]
#[circuit_breaker(name = "db")]
fn parenthesised(id: u32) -> Result<u32, Rejected> {
    let id = (id);
    Ok(id)
}

mod old {
    use super::*;

    #[deprecated]
    #[must_use]
    #[circuit_breaker(name = "db", fallback = || 1)]
    pub(super) fn deprecated_number() -> u32 {
        1
    }
}

#[expect(deprecated)]
fn calls_deprecated() -> u32 {
    old::deprecated_number()
}

#[expect(deprecated, unused_must_use)]
fn forgets_the_number() {
    old::deprecated_number();
}

fn main() {
    let _ = (forgotten_argument(1), needless_mut(1), unreachable(), forgotten_result(), NotSnakeCase());
    let _ = (assigned_for_nothing(1), parenthesised(1), calls_deprecated());
    forgets_the_number();
    drop((forgotten_argument_of_async(1), needless_mut_of_async(1)));
}
