//! The rows of all breakers, as they were sent last: each is written once for all who watch, and only if it is another.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::log::Log;
use super::row::Row;
use crate::breaker::CircuitBreaker;
use crate::poison::Unpoisoned;
use crate::registry::Registry;

/// How often all breakers are looked at while somebody watches; those that changed their state are looked at at once.
pub(super) const EVERY: Duration = Duration::from_secs(1);

/// How many of those that are no more are remembered, for who was not told yet.
const MOST_GONE: usize = 1024;

/// What was written last.
#[derive(Debug, Default)]
pub(super) struct Rows(Mutex<Written>);

#[derive(Debug, Default)]
struct Written {
    /// Grows with each row that is another.
    version: u64,
    rows: BTreeMap<Box<str>, Line>,
    gone: VecDeque<(u64, Box<str>)>,
    /// Who has seen less than this is to be told everything.
    forgotten: u64,
    looked_at: Option<Instant>,
    seen_event: u64,
}

#[derive(Debug)]
struct Line {
    version: u64,
    text: Arc<str>,
    /// When the next call is let in.
    due: Option<SystemTime>,
}

/// What somebody has not seen yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unseen {
    pub(super) version: u64,
    /// Whether these are all that there are.
    pub(super) is_all: bool,
    pub(super) rows: Vec<Arc<str>>,
    pub(super) gone: Vec<Box<str>>,
}

impl Rows {
    /// Looks at the breakers that changed since, and at all if it is time.
    pub(super) fn look(&self, registry: &Registry, log: &Log, now: Instant) {
        // Those that are declared and were not used yet are registered by being named, which listeners are told of: not while
        // this is locked.
        let names = (self.next_look() <= Some(now)).then(|| registry.all_names());
        let time = SystemTime::now();
        let mut written = self.0.lock().unpoisoned();
        let latest = log.latest();
        let seen = std::mem::replace(&mut written.seen_event, latest);
        match names.filter(|_| written.looked_at.is_none_or(|at| at + EVERY <= now)) {
            Some(names) => {
                written.looked_at = Some(now);
                written.write_all(registry, &names, time);
            }
            None if latest != seen => {
                let events = log.after(seen, None);
                let changed: BTreeSet<_> =
                    events.iter().map(|logged| &*logged.event.breaker).collect();
                for name in changed {
                    written.write_named(registry, name, time);
                }
            }
            None => {}
        }
    }

    /// When all are to be looked at again; none, if that is now.
    pub(super) fn next_look(&self) -> Option<Instant> {
        self.0.lock().unpoisoned().looked_at.map(|at| at + EVERY)
    }

    /// What was written since `version`, everything if that is none: of all breakers, or `only` of one.
    pub(super) fn since(&self, version: Option<u64>, only: Option<&str>) -> Unseen {
        let written = self.0.lock().unpoisoned();
        let seen = version.filter(|seen| *seen >= written.forgotten);
        let is_meant = |name: &str| only.is_none_or(|only| only == name);
        let is_new = |at: u64| seen.is_none_or(|seen| at > seen);
        let rows =
            written.rows.iter().filter(|(name, line)| is_meant(name) && is_new(line.version));
        let is_news = |at: u64| seen.is_some_and(|seen| at > seen);
        let gone = written.gone.iter().filter(|(at, name)| is_meant(name) && is_news(*at));
        Unseen {
            version: written.version,
            is_all: seen.is_none(),
            rows: rows.map(|(_, line)| Arc::clone(&line.text)).collect(),
            gone: gone.map(|(_, name)| name.clone()).collect(),
        }
    }
}

impl Written {
    fn write_all(&mut self, registry: &Registry, names: &[Box<str>], time: SystemTime) {
        let mut there = BTreeSet::new();
        for name in names {
            if self.write_named(registry, name, time) {
                there.insert(&**name);
            }
        }
        if self.rows.len() == there.len() {
            return;
        }
        let gone: Vec<_> =
            self.rows.keys().filter(|name| !there.contains(&***name)).cloned().collect();
        for name in gone {
            self.rows.remove(&name);
            self.version += 1;
            if self.gone.len() == MOST_GONE {
                self.forgotten = self.gone.pop_front().map_or(0, |(at, _)| at);
            }
            self.gone.push_back((self.version, name));
        }
    }

    /// Returns whether there is one of this name. It is held no longer than that: what is held cannot be forgotten.
    fn write_named(&mut self, registry: &Registry, name: &str, time: SystemTime) -> bool {
        let Ok(Some(breaker)) = registry.find_anywhere(name) else { return false };
        self.write(&breaker, registry.is_overflow(name), time);
        true
    }

    fn write(&mut self, breaker: &CircuitBreaker, is_overflow: bool, time: SystemTime) {
        let snapshot = breaker.snapshot();
        let Ok(text) = serde_json::to_string(&Row::of(&snapshot, is_overflow, time)) else {
            return;
        };
        let due = snapshot.retry_after.map(|left| time + left);
        match self.rows.get_mut(breaker.name()) {
            // For who comes, it is up to date.
            Some(line) if is_same(&line.text, &text) && is_about(line.due, due) => {
                line.text = text.into();
            }
            Some(line) => {
                self.version += 1;
                *line = Line { version: self.version, text: text.into(), due };
            }
            None => {
                self.version += 1;
                // One that is there again is not gone.
                self.gone.retain(|(_, name)| &**name != breaker.name());
                let line = Line { version: self.version, text: text.into(), due };
                self.rows.insert(breaker.name().into(), line);
            }
        }
    }
}

/// Whether two rows differ by the time that has passed at most, which who watches sees for himself.
fn is_same(one: &str, other: &str) -> bool {
    // No text in JSON has a quote that is not escaped.
    let length = |row: &str| row.rfind(r#","open_for":"#).unwrap_or(row.len());
    one[..length(one)] == other[..length(other)]
}

fn is_about(one: Option<SystemTime>, other: Option<SystemTime>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => {
            let apart = one.duration_since(other).unwrap_or_else(|error| error.duration());
            apart < Duration::from_secs(1)
        }
        _ => false,
    }
}

impl Unseen {
    pub(super) fn is_nothing(&self) -> bool {
        self.rows.is_empty() && self.gone.is_empty() && !self.is_all
    }

    /// `{"all": false, "breakers": [..], "gone": [..]}`
    pub(super) fn to_json(&self) -> String {
        let gone = serde_json::to_string(&self.gone).unwrap_or_default();
        let (all, rows) = (self.is_all, self.rows.join(","));
        format!(r#"{{"all":{all},"breakers":[{rows}],"gone":{gone}}}"#)
    }
}

// With a registry of their own: while somebody else looks at a member, it cannot be forgotten.
#[cfg(all(test, feature = "test-util"))]
mod tests {
    use super::*;
    use crate::registry::{GroupSettings, registry};
    use crate::test_util::isolate;

    #[test]
    fn an_open_breaker_is_no_other_for_the_time_that_passes() {
        let _isolation = isolate();
        let rows = Rows::default();
        let breaker = registry().get_or_register("rows/open", crate::Settings::new());
        breaker.open();
        let begun = SystemTime::now();
        let seen_at = |time| {
            let mut written = rows.0.lock().unpoisoned();
            written.write_named(registry(), "rows/open", time);
            let Line { version, text, .. } = &written.rows["rows/open"];
            let row: serde_json::Value = serde_json::from_str(text).expect("JSON");
            (*version, row["open_for"].as_f64().expect("open").round())
        };
        // The breaker's own time stands still here, so that what is left stays as long as it was.
        let half = Duration::from_millis(600);
        assert_eq!(seen_at(begun), (1, 0.0));
        assert_eq!(
            seen_at(begun + half),
            (1, 1.0),
            "another for who comes, and the same for who has seen it"
        );
        breaker.set_ttl(Duration::from_secs(600)).expect("valid");
        assert_eq!(seen_at(begun + half), (2, 1.0), "it has more time left");
    }

    #[test]
    fn who_has_missed_more_that_went_than_are_remembered_is_told_everything() {
        let _isolation = isolate();
        let group = registry().group("rows/hosts", GroupSettings::new().at_most(1));
        let (rows, log, start) = (Rows::default(), Log::new(1), Instant::now());
        let version_after = |number: usize| {
            drop(group.breaker(&number.to_string()));
            let second = u32::try_from(number).expect("a small one");
            rows.look(registry(), &log, start + EVERY * second);
            rows.since(None, None).version
        };
        let first = version_after(0);
        let last_but_one = (1..=MOST_GONE).map(version_after).last().expect("some");
        assert_eq!(rows.since(Some(first), None).gone.len(), MOST_GONE);
        version_after(MOST_GONE + 1);
        let told = rows.since(Some(first), None);
        assert!(told.is_all && told.gone.is_empty(), "{told:?}");
        let told = rows.since(Some(last_but_one), None);
        let gone = format!("rows/hosts/{MOST_GONE}");
        assert_eq!((told.is_all, told.gone), (false, vec![gone.into()]));
    }
}
