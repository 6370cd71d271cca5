//! Rows as Markdown.

use std::fmt::Write as _;

use crate::row::Row;
use crate::scenario::{Group, THIS};
use crate::this::FUTURES;
use crate::threads::THREADS;

/// The table of one group; nothing where nothing was measured.
pub(crate) fn table(group: &Group, rows: &[Row]) -> String {
    let rows: Vec<&Row> = rows.iter().filter(|row| row.group == group.key).collect();
    if rows.is_empty() {
        return String::new();
    }
    let body = match group.sizes {
        Some(sizes) => by_size(group, sizes, &rows),
        None if group == &FUTURES => bytes(&rows),
        None => plain(&rows),
    };
    format!("\n## {}\n\n{}\n\n{body}", group.title, group.note)
}

fn plain(rows: &[&Row]) -> String {
    let bare = rows.iter().find(|row| row.is_unguarded());
    let ours = rows.iter().find(|row| row.who == THIS);
    let mut text = "| | policy | ns | p10 to p90 | added ns | ratio | instructions added | allocations | of this crate's |\n\
                    | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    for row in rows {
        let other = bare.filter(|_| !row.is_unguarded());
        let instructions = other
            .and_then(|bare| Some(row.instructions? - bare.instructions?))
            .or(row.instructions.filter(|_| bare.is_none()));
        let cells = [
            row.who.clone(),
            row.what.clone(),
            figure(row.median),
            format!("{} to {}", figure(row.tenth), figure(row.ninetieth)),
            other.map(|bare| figure(row.median - bare.median)).unwrap_or_default(),
            other.map(|bare| times(row.median / bare.median)).unwrap_or_default(),
            instructions.map(|added| format!("{added:.0}")).unwrap_or_default(),
            row.allocations.map(allocations).unwrap_or_default(),
            ours.map(|ours| times(row.median / ours.median)).unwrap_or_default(),
        ];
        line(&mut text, &cells);
    }
    text
}

/// One column for each size.
fn by_size(group: &Group, sizes: &str, rows: &[&Row]) -> String {
    let unguarded: Vec<&Row> = rows.iter().filter(|row| row.is_unguarded()).copied().collect();
    let mut columns: Vec<u64> = rows.iter().filter_map(|row| row.size).collect();
    columns.sort_unstable();
    columns.dedup();
    let mut text = String::new();
    let heads = columns.iter().map(|size| thousands(*size));
    let head = [String::new(), format!("{sizes}:")].into_iter().chain(heads).collect::<Vec<_>>();
    line(&mut text, &head);
    let rules = columns.iter().map(|_| "---:".to_owned());
    let rule = ["---".to_owned(), "---".to_owned()].into_iter().chain(rules).collect::<Vec<_>>();
    line(&mut text, &rule);
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for row in rows {
        let of = (&*row.who, &*row.what);
        if seen.contains(&of) {
            continue;
        }
        seen.push(of);
        let its: Vec<&Row> =
            rows.iter().filter(|row| (&*row.who, &*row.what) == of).copied().collect();
        let cell = |size: &u64| {
            let Some(row) = its.iter().find(|row| row.size == Some(*size)) else {
                return String::new();
            };
            let slower = scaling(row, &its, &unguarded).filter(|_| group.sizes == THREADS.sizes);
            let slower = slower.map(|slower| format!(" ({})", times(slower))).unwrap_or_default();
            format!("{}{}{slower}", figure(row.median), spread(row))
        };
        let cells = [row.who.clone(), row.what.clone()];
        line(&mut text, &cells.into_iter().chain(columns.iter().map(cell)).collect::<Vec<_>>());
    }
    text
}

/// Half of what lies between the tenth and the ninetieth percentile.
fn spread(row: &Row) -> String {
    format!(" ± {:.0} %", (row.ninetieth - row.tenth) / row.median * 50.0)
}

/// How much slower than alone, beyond what the unguarded call became slower by; nothing for the first column.
fn scaling(row: &Row, its: &[&Row], unguarded: &[&Row]) -> Option<f64> {
    let of = |rows: &[&Row], size| {
        rows.iter().find(|other| other.size == size).map(|other| other.median)
    };
    let alone = its.first()?.size;
    let slower = |rows: &[&Row]| Some(of(rows, row.size)? / of(rows, alone)?);
    Some(slower(its)? / slower(unguarded)?).filter(|_| row.size != alone && !row.is_unguarded())
}

fn bytes(rows: &[&Row]) -> String {
    let mut text = "| | holds | bytes |\n| --- | --- | ---: |\n".to_owned();
    for row in rows {
        line(&mut text, &[row.who.clone(), row.what.clone(), row.median.to_string()]);
    }
    text
}

/// How far several runs lie apart; nothing after one run.
pub(crate) fn noise(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows.iter().filter(|row| row.group != FUTURES.key) {
        let Some(noise) = row.noise else { continue };
        let cells = [
            row.group.clone(),
            row.who.clone(),
            row.what.clone(),
            row.size.map(thousands).unwrap_or_default(),
            figure(row.median),
            format!("{:.0} %", noise * 100.0),
        ];
        line(&mut text, &cells);
    }
    if text.is_empty() {
        return text;
    }
    format!(
        "\n## Noise\n\nHow far the medians of the runs lie apart, as a share of the middle one.\n\n\
         | table | | policy | size | ns | apart |\n| --- | --- | --- | ---: | ---: | ---: |\n{text}"
    )
}

pub(crate) fn line(text: &mut String, cells: &[String]) {
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

/// Two digits behind the point where they say something.
pub(crate) fn figure(ns: f64) -> String {
    if ns.abs() < 99.995 {
        format!("{ns:.2}")
    } else {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time")]
        thousands(ns.round() as u64)
    }
}

fn times(ratio: f64) -> String {
    if ratio < 9.95 { format!("{ratio:.1}x") } else { format!("{ratio:.0}x") }
}

/// Whatever is set up once in so many calls is no allocation of each.
pub(crate) fn allocations(number: f64) -> String {
    if number < 0.005 { "0".to_owned() } else { format!("{number:.2}").replace(".00", "") }
}

pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
