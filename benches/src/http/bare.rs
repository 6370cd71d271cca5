//! The page's part about requests without a network.

use super::layers::{REFUSED, REQUEST};
use super::shared::{self, SHARED};
use crate::apart;
use crate::measure::{Pace, rounds};
use crate::report::{count_instructions, from_lines, of_group};
use crate::row::{Row, middle};
use crate::scenario::Group;
use crate::table::{noise, table};
use crate::threads::contention;

const GROUPS: [&Group; 2] = [&REQUEST, &REFUSED];

/// The tables, and how far the processes lie apart.
pub(super) fn section(processes: usize, pace: Pace) -> Result<(String, String), String> {
    eprintln!("Requests without a network");
    let words = if pace.is_quick { &["--part", "rows", "quick"][..] } else { &["--part", "rows"] };
    let runs: Result<Vec<Vec<Row>>, String> =
        (0..processes).map(|_| from_lines(&apart::output(words)?)).collect();
    let mut rows = middle(runs?);
    for group in GROUPS {
        let its = rows.iter_mut().filter(|row| row.group == group.key);
        count_instructions(&of_group(group), its, pace)?;
    }
    let tables = GROUPS.into_iter().chain([&SHARED]).map(|group| table(group, &rows));
    Ok((tables.collect(), noise(&rows)))
}

/// For the process that has started this one.
pub(super) fn print_rows(pace: Pace) {
    let mut rows: Vec<Row> =
        GROUPS.into_iter().flat_map(|group| rounds(&of_group(group), pace)).collect();
    rows.extend(contention(&SHARED, &shared::contenders(), pace));
    for row in rows {
        println!("{}", row.to_line());
    }
}
