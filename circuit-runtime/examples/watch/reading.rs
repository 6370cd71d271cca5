//! What the service says, and what is shown of it.

use std::time::Instant;

use ratatui::style::Color;
use serde::Deserialize;

/// What came from elsewhere, with nothing in it that a terminal obeys: `ratatui` hands escape sequences on.
#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(from = "String")]
pub(crate) struct Text(String);

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.chars().map(|c| if is_plain(c) { c } else { '\u{fffd}' }).collect())
    }
}

impl Text {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Neither a control character, nor one that is not seen and changes what is read, as those do that turn the direction.
fn is_plain(c: char) -> bool {
    let is_format = matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
    !c.is_control() && !is_format
}

// Of snapshots only what is shown: whatever else they have is passed over.

#[derive(Deserialize)]
pub(crate) struct Listed {
    breakers: Vec<Breaker>,
}

#[derive(Deserialize)]
struct Breaker {
    name: Text,
    state: Text,
    mode: Text,
    failures: u32,
    retry_after: Option<f64>,
    calls: Calls,
    settings: Settings,
    last_trip: Option<Trip>,
}

#[derive(Deserialize)]
struct Calls {
    success: u64,
    failure: u64,
    excluded: u64,
    ignored: u64,
    cancelled: u64,
    rejected: u64,
}

#[derive(Deserialize)]
struct Settings {
    threshold: u32,
}

#[derive(Deserialize)]
struct Trip {
    rule: Text,
    last_failures: Vec<Text>,
}

pub(crate) const HEADINGS: [&str; 8] =
    ["BREAKER", "STATE", "MODE", "FAILURES", "LEFT", "CALLS/S", "REJECTED/S", "WHY"];

/// A row: a text for each of the headings.
pub(crate) struct Shown {
    pub(crate) cells: [String; 8],
    pub(crate) color: Color,
}

impl Calls {
    fn made(&self) -> u64 {
        self.success + self.failure + self.excluded + self.ignored + self.cancelled
    }
}

impl Breaker {
    /// Where it stands, and in which color.
    fn severity(&self) -> (u8, Color) {
        match (self.state.as_str(), self.mode.as_str()) {
            ("open", _) => (0, Color::Red),
            ("half-open", _) => (1, Color::Yellow),
            (_, "normal") => (3, Color::Green),
            _ => (2, Color::Magenta),
        }
    }

    fn why(&self) -> Option<String> {
        let trip = self.last_trip.as_ref().filter(|_| self.state.as_str() != "closed")?;
        let rule = trip.rule.as_str().replace('_', " ");
        let last = trip.last_failures.last().map(|last| format!(": {}", last.as_str()));
        Some(rule + &last.unwrap_or_default())
    }

    /// With what it was so many seconds ago.
    fn shown(&self, before: Option<(&Self, f64)>) -> Shown {
        let rate = |count: fn(&Calls) -> u64| {
            let (before, seconds) = before?;
            // Fewer than before: the service was started anew.
            let calls = count(&self.calls).checked_sub(count(&before.calls))?;
            #[allow(clippy::cast_precision_loss, reason = "those of half a second are few")]
            Some(format!("{:.0}", calls as f64 / seconds))
        };
        let cells = [
            Some(self.name.as_str().to_owned()),
            Some(self.state.as_str().to_owned()),
            Some(self.mode.as_str().to_owned()).filter(|mode| mode != "normal"),
            Some(format!("{} of {}", self.failures, self.settings.threshold)),
            self.retry_after.map(|seconds| format!("{seconds:.1} s")),
            rate(Calls::made),
            rate(|calls| calls.rejected),
            self.why(),
        ];
        Shown { cells: cells.map(Option::unwrap_or_default), color: self.severity().1 }
    }
}

/// All breakers at one time, those that are open first.
pub(crate) struct Reading {
    breakers: Vec<Breaker>,
    pub(crate) at: Instant,
}

impl Reading {
    pub(crate) fn new(Listed { mut breakers }: Listed, at: Instant) -> Self {
        breakers.sort_by(|a, b| (a.severity().0, &a.name).cmp(&(b.severity().0, &b.name)));
        Self { breakers, at }
    }

    pub(crate) fn shown(&self, before: Option<&Self>) -> Vec<Shown> {
        let was = |now: &Breaker| {
            let before = before?;
            let same = before.breakers.iter().find(|breaker| breaker.name == now.name)?;
            Some((same, (self.at - before.at).as_secs_f64()))
        };
        self.breakers.iter().map(|breaker| breaker.shown(was(breaker))).collect()
    }
}
