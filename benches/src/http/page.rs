//! Runs it all, and writes docs/http.md.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::{bare, crowds, loopback};
use crate::machine::{description, versions};
use crate::measure::Pace;
use crate::scenario::THIS;

const PACKAGES: [&str; 5] =
    ["tower-resilience-circuitbreaker", "hyper-util", "reqwest", "reqwest-middleware", "axum"];

pub(crate) fn report(pace: Pace, docs: Option<&Path>) -> Result<(), String> {
    let (sets, processes, rounds) = if pace.is_quick { (2, 1, 5) } else { (11, 3, 21) };
    let longer = Pace { turn: Duration::from_millis(8), rounds, ..pace };
    let mut text = preamble(processes, pace);
    let (tables, noise) = bare::section(processes, pace)?;
    text.push_str(&tables);
    // On a thread of its own, since what it is pinned to goes to the processes that it starts.
    let requests = thread::spawn(move || loopback::section(sets, longer)).join();
    text.push_str(&requests.map_err(|_| "a request was not answered")??);
    text.push_str(&crowds::section(processes)?);
    text.push_str(&noise);
    println!("{text}");
    let Some(docs) = docs else { return Ok(()) };
    fs::write(docs.join("http.md"), text).map_err(|error| format!("{}: {error}", docs.display()))
}

fn preamble(processes: usize, pace: Pace) -> String {
    format!(
        "# What HTTP clients pay for a breaker

`cargo xtask bench --http` has written this file, on: {}. With: {}.

Without a network, all rows of a table were measured in turns, {} turns of about {} µs each, in {processes} processes, of
which the middle one is told. A time is the median of the turns, with the tenth and the ninetieth percentile, or ± half of
what lies between them. *Added* and *ratio* compare it with the unguarded service, the last column with this crate's first
row. Every answer is checked. Instructions are callgrind's. All breakers of `{THIS}` count failures in a row; the other one
is told by a classifier that a 5xx is a failure, which `HttpCircuitBreakerLayer` and `CircuitBreakerMiddleware` know.
",
        description(),
        versions(&PACKAGES),
        pace.rounds,
        pace.turn.as_micros(),
    )
}
