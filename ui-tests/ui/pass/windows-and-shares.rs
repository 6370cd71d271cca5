#![deny(warnings)]

use std::time::Duration;

use circuit_runtime::{Rejected, breaker, circuit_breaker};

const CALLS: u32 = 20;
const SHARE: f64 = 0.25;
static SPREAD: f64 = 1.0 / 3.0;

mod limits {
    use super::Duration;

    pub const COUNTED: Duration = Duration::from_secs(24 * 60 * 60);
    pub const SLOW: Duration = Duration::from_nanos(1);
}

struct Db;

impl Db {
    const NO_SPREAD: f64 = 0.0;

    #[circuit_breaker(
        name = "constants",
        window = limits::COUNTED,
        failure_rate = SHARE,
        minimum_calls = CALLS,
        slow_call = limits::SLOW,
        jitter = Db::NO_SPREAD,
    )]
    fn load(&self) -> Result<u32, Rejected> {
        Ok(1)
    }
}

#[circuit_breaker(
    name = "literals",
    threshold = 5,
    window = "2m",
    failure_rate = 0.1,
    minimum_calls = 50,
    slow_call = "500ms",
    ttl = "5m",
    jitter = 0.1,
)]
fn literals() -> Result<u32, Rejected> {
    Ok(1)
}

#[circuit_breaker(name = "largest", window = "24h", failure_rate = 1, minimum_calls = 4_294_967_295, slow_call = "1 day", jitter = 1)]
fn largest() -> Result<u32, Rejected> {
    Ok(1)
}

#[circuit_breaker(name = "smallest", failure_rate = 1e-3, window = 0.001, minimum_calls = 1, slow_call = "1us", jitter = 0)]
fn smallest() -> Result<u32, Rejected> {
    Ok(1)
}

#[circuit_breaker(name = "forms", failure_rate = 0.333_333_f64, window = 1.5, jitter = 1.)]
fn forms() -> Result<u32, Rejected> {
    Ok(1)
}

macro_rules! guarded {
    ($function:ident, $name:literal, $window:expr, $share:expr, $spread:literal, $slow:tt) => {
        #[circuit_breaker(name = $name, window = $window, failure_rate = $share, jitter = $spread, slow_call = $slow)]
        fn $function() -> Result<u32, Rejected> {
            Ok(1)
        }
    };
}

guarded!(fragments, "fragments", "30s", 0.5, 0.2, 3);
guarded!(fragments_of_constants, "fragments of constants", limits::COUNTED, SHARE, 1, "1m");

fn main() {
    circuit_runtime::registry().verify().unwrap();
    let calls = [Db.load(), literals(), largest(), smallest(), forms(), fragments(), fragments_of_constants()];
    assert!(calls.iter().all(Result::is_ok));

    let settings = breaker!("constants").settings();
    assert_eq!(settings.get_window(), Some(limits::COUNTED));
    assert_eq!(settings.get_failure_rate(), Some(0.25));
    assert_eq!(settings.get_minimum_calls(), 20);
    assert_eq!(settings.get_slow_call(), Some(limits::SLOW));
    assert_eq!(settings.get_jitter(), 0.0);

    let settings = breaker!("literals").settings();
    assert_eq!(settings.get_window(), Some(Duration::from_secs(120)));
    assert_eq!(settings.get_failure_rate(), Some(0.1));
    assert_eq!(settings.get_minimum_calls(), 50);
    assert_eq!(settings.get_slow_call(), Some(Duration::from_millis(500)));
    assert_eq!(settings.get_jitter(), 0.1);

    assert_eq!(breaker!("largest").settings().get_failure_rate(), Some(1.0));
    assert_eq!(breaker!("smallest").settings().get_failure_rate(), Some(0.001));
    assert_eq!(breaker!("forms").settings().get_failure_rate(), Some(0.333_333));

    const LOCAL: f64 = 0.75;
    let local =
        breaker!("local", window = 60, failure_rate = LOCAL, minimum_calls = CALLS, slow_call = limits::SLOW, jitter = SPREAD);
    let settings = local.settings();
    assert_eq!(settings.get_failure_rate(), Some(0.75));
    assert_eq!(settings.get_jitter(), 1.0 / 3.0);
    let written = breaker!("written", window = "1m", failure_rate = 0.5, minimum_calls = 3, slow_call = 2.5, jitter = 0.5);
    let settings = written.settings();
    assert_eq!(settings.get_window(), Some(Duration::from_secs(60)));
    assert_eq!(settings.get_minimum_calls(), 3);
    assert_eq!(settings.get_slow_call(), Some(Duration::from_millis(2_500)));
    assert_eq!(settings.get_jitter(), 0.5);
}
