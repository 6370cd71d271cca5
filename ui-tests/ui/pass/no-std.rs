#![no_std]
#![deny(warnings)]

extern crate std;

use circuit_runtime::{Rejected, breaker, circuit_breaker};

const FAILURES: u32 = 3;

#[circuit_breaker(name = "db", threshold = FAILURES, ttl = "5s", exclude = [core::fmt::Error])]
fn plain(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

#[circuit_breaker(name = "db")]
async fn asynchronous(id: u32) -> Result<u32, Rejected> {
    Ok(id)
}

#[circuit_breaker(name = "db")]
fn rows(id: u32) -> std::boxed::Box<dyn Iterator<Item = Result<u32, Rejected>>> {
    std::boxed::Box::new((0..id).map(Ok))
}

fn main() {
    assert_eq!(plain(1).unwrap(), 1);
    assert_eq!(rows(2).count(), 2);
    drop(asynchronous(1));
    let _ = breaker!("db").state();
}
