//! The page's part about requests on the loopback interface.

use std::fmt::Write as _;

use super::clients::{AGAIN, CHAIN, HYPER, REQWEST, Site};
use super::difference::Difference;
use super::server;
use crate::measure::{Measured, Pace, in_turns, row};
use crate::scenario::{Group, Scenario};
use crate::table::{allocations, figure, line};

/// `sets` of clients and servers, one after the other: with each of them, memory and connections lie elsewhere.
pub(super) fn section(sets: usize, pace: Pace) -> Result<String, String> {
    eprintln!("Requests on the loopback interface");
    server::pin(1);
    let (scenarios, mut measured) = of_set(pace)?;
    for _ in 1..sets {
        for (all, more) in measured.iter_mut().zip(of_set(pace)?.1) {
            all.turns.extend(more.turns);
        }
    }
    let mut text = format!(
        "
## A request on the loopback interface

HTTP/1.1 on a connection that is kept, an answer of two bytes, read to its end; the server and all clients are in one
process, with a thread and a core for each side, and the URL has a port. All rows of both tables were measured in turns,
{} of about {} ms each, with {sets} sets of clients one after the other, since two clients that are the same differ by where
their memory lies. *Added* is the difference to the unguarded client in the same round: the median of a set, of these the
middle one, and in brackets between what they lie, but for the lowest and the highest. What the unguarded client differs by
from itself is noise, and so is what reaches down to that.
",
        pace.rounds * sets,
        pace.turn.as_millis(),
    );
    for group in [&HYPER, &REQWEST] {
        let of_all = scenarios.iter().zip(&measured);
        let rows: Vec<_> = of_all.filter(|(scenario, _)| scenario.group == group).collect();
        text.push_str(&of_clients(group, &rows, pace.rounds));
    }
    Ok(text)
}

fn of_set(pace: Pace) -> Result<(Vec<Scenario>, Vec<Measured>), String> {
    let scenarios = Site::with(server::start()?).scenarios();
    let measured = in_turns(&scenarios, pace);
    Ok((scenarios, measured))
}

/// The first is the unguarded client.
fn of_clients(group: &Group, rows: &[(&Scenario, &Measured)], rounds: usize) -> String {
    let bare = rows[0].1;
    let named = |name: &str| rows.iter().find(|(row, _)| row.what == name).map(|(_, row)| *row);
    let noise = named(AGAIN).map(|again| Difference::of(&again.turns, &bare.turns, rounds));
    let chain = named(CHAIN);
    let mut text = format!(
        "\n### {}\n\n| | | µs | p10 to p90 | added µs | ratio | allocations added |",
        group.title
    );
    let rule = "\n| --- | --- | ---: | ---: | ---: | ---: | ---: |";
    let beyond = chain.map(|_| (" added to the empty chain, µs |", " ---: |"));
    let (head, under) = beyond.unwrap_or_default();
    let _ = writeln!(text, "{head}{rule}{under}");
    for (at, (scenario, measured)) in rows.iter().enumerate() {
        let row = row(group.key, scenario.who, &scenario.what, &mut measured.turns.clone());
        let said = |added: Difference| {
            let is_noise = noise.is_some_and(|noise| added.is_within(&noise));
            let noise = if is_noise && scenario.what != AGAIN { ", noise" } else { "" };
            format!("{added}{noise}")
        };
        let added = (at > 0).then(|| Difference::of(&measured.turns, &bare.turns, rounds));
        let ratio = added.map(|added| format!("{:.3}x", 1.0 + added.median / median(&bare.turns)));
        let mut cells = vec![
            row.who,
            row.what,
            figure(row.median / 1e3),
            format!("{} to {}", figure(row.tenth / 1e3), figure(row.ninetieth / 1e3)),
            added.map(said).unwrap_or_default(),
            ratio.unwrap_or_default(),
            added.map(|_| allocated(measured.allocations - bare.allocations)).unwrap_or_default(),
        ];
        if let Some(chain) = chain {
            let is_in_it = scenario.what.contains("Middleware");
            let added = is_in_it.then(|| Difference::of(&measured.turns, &chain.turns, rounds));
            cells.push(added.map(said).unwrap_or_default());
        }
        line(&mut text, &cells);
    }
    text
}

fn median(turns: &[f64]) -> f64 {
    row("", "", "", &mut turns.to_vec()).median
}

/// What connections and timers allocate now and then is no allocation of each request.
fn allocated(added: f64) -> String {
    let whole = added.round();
    if (added - whole).abs() < 0.1 { format!("{:.0}", whole.abs()) } else { allocations(added) }
}
