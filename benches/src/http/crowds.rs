//! The page's part about many hosts.

use super::memory;
use super::newcomers::Crowd;
use crate::apart;
use crate::table::{figure, line, thousands};

/// What a group holds unless it is told otherwise, and told so.
const BOUNDS: [usize; 2] = [1_024, 10_000];
/// Requests to new hosts, each of whose times is looked at.
const NEW: usize = 10_000;
/// As many as there is patience for, where each takes milliseconds.
const FEW: usize = 1_000;

pub(super) fn section(runs: usize) -> Result<String, String> {
    let mut text = "
## Many hosts

`HttpCircuitBreakerLayer::by(PerHost::of(..))` over the service that does nothing, and 10,000 hosts, one after the other, on
each thread. 37 of the first 1,024 are down: each is called until its breaker is open. Bytes are those beyond what the
process had before the first call: on the heap by a counting allocator, resident by `/proc`. A process of its own for each
bound and number of threads.

| at most | threads | hosts called | breakers | heap, KiB | heap per breaker, bytes | resident, KiB | of 37 open ones, kept |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"
    .to_owned();
    for (at_most, threads) in BOUNDS.into_iter().flat_map(|bound| [(bound, 1), (bound, 8)]) {
        eprintln!("Many hosts: at most {at_most}, {threads} threads");
        let looks = process(&["memory", &at_most.to_string(), &threads.to_string()])?;
        for look in looks {
            let [called, members, heap, resident, down, kept] = look[..] else {
                return Err(format!("a look is of six numbers: {look:?}"));
            };
            if down != memory::DOWN as u64 {
                return Err(format!("{down} hosts are down"));
            }
            let cells = [
                thousands(at_most as u64),
                threads.to_string(),
                thousands(called),
                thousands(members),
                thousands(heap / 1024),
                thousands(heap / members.max(1)),
                thousands(resident / 1024),
                kept.to_string(),
            ];
            line(&mut text, &cells);
        }
    }
    text.push_str(&of_new_hosts(runs)?);
    Ok(text)
}

fn of_new_hosts(runs: usize) -> Result<String, String> {
    let mut text = format!(
        "
Requests on one thread, timed one by one, where the group has as many breakers as stand in the first column: {} of them, {}
where all there have failures. The middle one of {runs} processes; *worst* is the longest of all requests of a process.

| breakers there | a request to | mean, µs | median, µs | 99.9 %, µs | worst, µs | breakers at the end | through the overflow |
| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |
",
        thousands(NEW as u64),
        thousands(FEW as u64),
    );
    for (at_most, crowd) in
        BOUNDS.into_iter().flat_map(|bound| Crowd::ALL.map(|crowd| (bound, crowd)))
    {
        eprintln!("New hosts: {at_most}, {}", crowd.what());
        let runs: Result<Vec<_>, String> =
            (0..runs).map(|_| process(&["new", &crowd.name(), &at_most.to_string()])).collect();
        let runs: Vec<Vec<u64>> = runs?.into_iter().flatten().collect();
        let middle = |at: usize| {
            let mut all: Vec<u64> = runs.iter().filter_map(|run| run.get(at).copied()).collect();
            all.sort_unstable();
            all.get(all.len() / 2).copied().unwrap_or_default()
        };
        #[expect(clippy::cast_precision_loss, reason = "they are short times")]
        let microseconds = |at| figure(middle(at) as f64 / 1e3);
        let cells = [
            thousands(middle(0)),
            crowd.what().to_owned(),
            microseconds(3),
            microseconds(4),
            microseconds(5),
            microseconds(6),
            thousands(middle(1)),
            thousands(middle(2)),
        ];
        line(&mut text, &cells);
    }
    Ok(text)
}

pub(super) fn requests(crowd: Crowd) -> usize {
    if crowd == Crowd::Failed { FEW } else { NEW }
}

/// Lines of numbers, from a process in which nothing was before.
fn process(words: &[&str]) -> Result<Vec<Vec<u64>>, String> {
    let text = apart::output(&[&["--part"], words].concat())?;
    let numbers = |line: &str| line.split('\t').map(|cell| cell.parse().ok()).collect();
    let lines: Option<Vec<Vec<u64>>> = text.lines().map(numbers).collect();
    lines.ok_or_else(|| format!("{words:?} said something else than numbers:\n{text}"))
}
