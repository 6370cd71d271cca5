//! How much is measured, and how it is printed.

use std::env;

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// Enough to see a promise broken.
    Quick,
    /// Enough for figures.
    Full,
}

impl Size {
    pub(crate) fn of_environment() -> Self {
        let is_full = env::var("FLEET_FULL").is_ok_and(|value| value == "1");
        if is_full { Self::Full } else { Self::Quick }
    }

    pub(crate) fn of<T>(self, quick: T, full: T) -> T {
        match self {
            Self::Quick => quick,
            Self::Full => full,
        }
    }
}

/// In Markdown.
pub(crate) struct Table {
    title: String,
    lines: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(title: impl Into<String>, heads: &[&str]) -> Self {
        let heads = heads.iter().map(|&head| head.to_owned()).collect();
        Self { title: title.into(), lines: vec![heads] }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.lines.push(cells.into_iter().collect());
    }

    pub(crate) fn print(&self) {
        println!("\n### {}\n", self.title);
        for (number, line) in self.lines.iter().enumerate() {
            println!("| {} |", line.join(" | "));
            if number == 0 {
                println!("|{}", " --- |".repeat(line.len()));
            }
        }
        println!();
    }
}

/// What is in the middle, and what is the most; of microseconds, in milliseconds.
pub(crate) fn median_and_worst(mut micros: Vec<i64>) -> [String; 2] {
    micros.sort_unstable();
    let worst = micros.last().copied().unwrap_or_default();
    let median = micros.get(micros.len() / 2).copied().unwrap_or_default();
    [median, worst].map(millis)
}

pub(crate) fn millis(micros: i64) -> String {
    format!(
        "{}{}.{} ms",
        if micros < 0 { "-" } else { "" },
        micros.abs() / 1_000,
        micros.abs() % 1_000 / 100
    )
}

/// `part / whole`, with three places.
pub(crate) fn ratio(part: u64, whole: u64) -> String {
    let thousandths = (part * 1_000 + whole / 2) / whole.max(1);
    format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
}
