#![deny(warnings)]

use std::time::Duration;

use circuit_runtime::{Rejected, breaker, circuit_breaker};

const FAILURES: u32 = 3;
static SUCCESSES: u32 = 2;

mod limits {
    use super::Duration;

    pub const PROBES: u32 = 31;
    pub const SILENT: Duration = Duration::from_secs(4 * 60 * 60);
}

struct Db;

impl Db {
    const OPEN: Duration = Duration::from_millis(1);

    #[circuit_breaker(
        name = "db",
        threshold = FAILURES,
        ttl = Db::OPEN,
        success_threshold = crate::SUCCESSES,
        probes = limits::PROBES,
        probe_timeout = limits::SILENT,
        max_ttl = Duration::MAX_TTL,
        on_cancel = failure,
    )]
    fn load(&self) -> Result<u32, Rejected> {
        Ok(1)
    }
}

trait Longest {
    const MAX_TTL: Self;
}

impl Longest for Duration {
    const MAX_TTL: Self = Duration::from_secs(30 * 24 * 60 * 60);
}

#[circuit_breaker(name = "largest", threshold = 4_294_967_295, ttl = "30 days", probes = 0x1f, success_threshold = 63u32, probe_timeout = "4h")]
fn largest() -> Result<u32, Rejected> {
    Ok(1)
}

#[circuit_breaker(name = "smallest", threshold = 1, ttl = 0.000_000_001, max_ttl = "1ns", probe_timeout = "1us")]
fn smallest() -> Result<u32, Rejected> {
    Ok(1)
}

#[circuit_breaker(name = r#"raw "name""#, exclude = [], ignore = [],)]
fn raw() -> Result<u32, Rejected> {
    Ok(1)
}

fn main() {
    circuit_runtime::registry().verify().unwrap();
    assert_eq!(Db.load().unwrap() + largest().unwrap() + smallest().unwrap() + raw().unwrap(), 4);
    let settings = breaker!("db").settings();
    assert_eq!(settings.get_threshold(), 3);
    assert_eq!(settings.get_success_threshold(), 2);
    assert_eq!(settings.get_ttl(), Duration::from_millis(1));
    assert_eq!(breaker!("raw \"name\"").name(), "raw \"name\"");
    const LOCAL: u32 = 9;
    assert_eq!(breaker!("local", threshold = LOCAL, ttl = Db::OPEN).settings().get_threshold(), 9);
}
