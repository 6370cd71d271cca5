//! What was measured, in the form in which it goes from one process to another.

use crate::scenario::UNGUARDED;

/// Times are nanoseconds per call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) group: String,
    pub(crate) who: String,
    pub(crate) what: String,
    pub(crate) size: Option<u64>,
    pub(crate) median: f64,
    pub(crate) tenth: f64,
    pub(crate) ninetieth: f64,
    /// Per call, the loop included.
    pub(crate) instructions: Option<f64>,
    pub(crate) allocations: Option<f64>,
    /// How far the medians of several runs lie apart, as a share of the middle one.
    pub(crate) noise: Option<f64>,
}

impl Row {
    pub(crate) fn is_unguarded(&self) -> bool {
        self.who == UNGUARDED
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (&self.group, &self.who, &self.what, self.size)
            == (&other.group, &other.who, &other.what, other.size)
    }

    pub(crate) fn to_line(&self) -> String {
        let size = self.size.map(|size| size.to_string()).unwrap_or_default();
        let optional =
            |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        let cells = [
            self.group.clone(),
            self.who.clone(),
            self.what.clone(),
            size,
            self.median.to_string(),
            self.tenth.to_string(),
            self.ninetieth.to_string(),
            optional(self.instructions),
            optional(self.allocations),
        ];
        cells.join("\t")
    }

    pub(crate) fn from_line(line: &str) -> Option<Self> {
        let cells: Vec<&str> = line.split('\t').collect();
        let [group, who, what, size, median, tenth, ninetieth, instructions, allocations] =
            cells[..]
        else {
            return None;
        };
        Some(Self {
            group: group.to_owned(),
            who: who.to_owned(),
            what: what.to_owned(),
            size: size.parse().ok(),
            median: median.parse().ok()?,
            tenth: tenth.parse().ok()?,
            ninetieth: ninetieth.parse().ok()?,
            instructions: instructions.parse().ok(),
            allocations: allocations.parse().ok(),
            noise: None,
        })
    }
}

/// One run from several: of each row the middle one, with how far the others lie apart.
pub(crate) fn middle(mut runs: Vec<Vec<Row>>) -> Vec<Row> {
    let Some(first) = runs.pop() else { return Vec::new() };
    let of = |row: Row| {
        let others = runs.iter().filter_map(|run| run.iter().find(|other| other.is_same(&row)));
        let mut all: Vec<Row> = others.cloned().collect();
        all.push(row);
        all.sort_by(|one, other| one.median.total_cmp(&other.median));
        let spread = all[all.len() - 1].median - all[0].median;
        let mut middle = all.swap_remove(all.len() / 2);
        middle.noise = Some(spread / middle.median);
        middle
    };
    first.into_iter().map(of).collect()
}
