//! Runs what the command line asks for.

use std::fs;
use std::path::Path;

use crate::arguments::Task;
use crate::catalogue::{GROUPS, find, scenarios};
#[cfg(feature = "http")]
use crate::http;
use crate::instructions::per_call;
use crate::machine::{description, versions};
use crate::measure::{Pace, number, rounds};
use crate::row::{Row, middle};
use crate::scenario::{Group, Scenario, THIS, UNGUARDED};
use crate::table::{noise, table};
use crate::threads::{THREADS, contenders, contention};
use crate::{allocations, apart, peers, plot, this};

pub(crate) fn run(task: Task) -> Result<(), String> {
    match task {
        Task::List => {
            for scenario in scenarios() {
                println!("{}", scenario.name());
            }
            Ok(())
        }
        Task::Only { name, calls } => {
            let mut job = find(&name)?.make();
            job.prepare(calls);
            job.run(calls);
            Ok(())
        }
        Task::Cost(names) => names.iter().try_for_each(|name| cost(&find(name)?)),
        Task::Rows(pace) => {
            for row in measure(pace)? {
                println!("{}", row.to_line());
            }
            Ok(())
        }
        #[cfg(feature = "http")]
        Task::Http { pace, docs } => http::report(pace, docs.as_deref()),
        #[cfg(feature = "http")]
        Task::Part(words) => http::take_part(&words),
        Task::Report { pace, runs, docs } => report(pace, runs, docs.as_deref()),
    }
}

/// One line: the name, and what the breaker adds to the unguarded call in instructions and allocations.
fn cost(scenario: &Scenario) -> Result<(), String> {
    /// Enough that whatever a breaker sets up once vanishes, and what it does each time does not.
    const CALLS: u64 = 10_000;
    let bare = unguarded(scenario.group)?;
    let added = per_call(scenario)? - per_call(&bare)?;
    let mut job = scenario.make();
    let calls = scenario.unit.max(CALLS);
    job.prepare(calls);
    job.run(calls);
    let allocated = number(allocations::allocations(|| job.run(calls))) / number(calls);
    println!("{}\t{added:.2}\t{allocated}", scenario.name());
    Ok(())
}

fn unguarded(group: &'static Group) -> Result<Scenario, String> {
    let found = scenarios().into_iter().find(|one| one.group == group && one.who == UNGUARDED);
    found.ok_or_else(|| format!("{} has nothing unguarded to compare with", group.key))
}

/// Everything, once.
fn measure(pace: Pace) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for group in GROUPS {
        eprintln!("{}", group.title);
        let scenarios = of_group(group);
        let mut measured = rounds(&scenarios, pace);
        count_instructions(&scenarios, &mut measured, pace)?;
        rows.extend(measured);
    }
    eprintln!("{}", THREADS.title);
    rows.extend(contention(&THREADS, &contenders(), pace));
    eprintln!("{}", this::DYNAMIC.title);
    rows.extend(this::registry(pace));
    rows.extend(this::sizes());
    Ok(rows)
}

pub(crate) fn of_group(group: &Group) -> Vec<Scenario> {
    scenarios().into_iter().filter(|scenario| scenario.group == group).collect()
}

/// Into the rows of these scenarios.
pub(crate) fn count_instructions<'r>(
    scenarios: &[Scenario],
    rows: impl IntoIterator<Item = &'r mut Row>,
    pace: Pace,
) -> Result<(), String> {
    for (scenario, row) in scenarios.iter().zip(rows) {
        let is_ours = [THIS, UNGUARDED].contains(&scenario.who);
        if scenario.size.is_none() && (is_ours || !pace.is_quick) {
            row.instructions = Some(per_call(scenario)?);
        }
    }
    Ok(())
}

fn report(pace: Pace, runs: u32, docs: Option<&Path>) -> Result<(), String> {
    let rows = if runs == 1 {
        measure(pace)?
    } else {
        let runs: Result<Vec<_>, String> = (0..runs).map(|_| measure_apart(pace)).collect();
        middle(runs?)
    };
    let mut text = preamble(pace, runs);
    for group in
        GROUPS.into_iter().chain([&THREADS, &this::DYNAMIC, &this::SNAPSHOT, &this::FUTURES])
    {
        text.push_str(&table(group, &rows));
    }
    text.push_str(&noise(&rows));
    println!("{text}");
    let Some(docs) = docs else { return Ok(()) };
    let written = fs::write(docs.join("measured.md"), text)
        .and_then(|()| fs::write(docs.join("measured.svg"), plot::draw(&rows)?));
    written.map_err(|error| format!("{}: {error}", docs.display()))
}

/// In a process of its own: neither the registry nor the memory of the runs before is there.
fn measure_apart(pace: Pace) -> Result<Vec<Row>, String> {
    let words = if pace.is_quick { &["--rows", "--quick"][..] } else { &["--rows"] };
    from_lines(&apart::output(words)?)
}

/// The rows that a process has printed.
pub(crate) fn from_lines(text: &str) -> Result<Vec<Row>, String> {
    let rows: Option<Vec<Row>> = text.lines().map(Row::from_line).collect();
    rows.ok_or_else(|| format!("a run said something else than rows:\n{text}"))
}

fn preamble(pace: Pace, runs: u32) -> String {
    let (again, times) = match runs {
        1 => (String::new(), "in one process".to_owned()),
        runs => (format!(" --runs {runs}"), format!("the middle one of {runs} processes")),
    };
    format!(
        "# Measured

What a breaker costs, beside its peers. `cargo xtask bench{again}` has written this file, {times}, on: {}.

All rows of a table were measured in turns, {} turns of about {} µs each. A time is the median of the turns, with the
tenth and the ninetieth percentile, or ± half of what lies between them. *Added* and *ratio* compare it with the
unguarded call, the last column with this crate's first row. What is guarded is the same function for all, never inlined
itself, and every answer is checked. Instructions are callgrind's.

The peers: {}. Those whose policy here says `async` in a table of synchronous calls have no others.
",
        description(),
        pace.rounds,
        pace.turn.as_micros(),
        versions(&peers::PACKAGES),
    )
}
