//! The rows of all breakers, as they were sent last: each is written once for all who watch, and only if it is another.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::log::Log;
use super::row::Row;
use crate::breaker::{BreakerHandle, CircuitBreaker};
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
    rows: BTreeMap<Box<str>, (u64, Arc<str>)>,
    gone: VecDeque<(u64, Box<str>)>,
    /// Who has seen less than this is to be told everything.
    forgotten: u64,
    looked_at: Option<Instant>,
    seen_event: u64,
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
        let is_due = |written: &Written| written.looked_at.is_none_or(|at| at + EVERY <= now);
        // Looking them up may register some, which listeners are told of: not while this is locked.
        let all = is_due(&self.0.lock().unpoisoned()).then(|| registry.breakers());
        let changed = self.changed(registry, log);
        let time = SystemTime::now();
        let mut written = self.0.lock().unpoisoned();
        match all.filter(|_| is_due(&written)) {
            Some(breakers) => {
                written.looked_at = Some(now);
                written.write_all(&breakers, time);
            }
            None => changed.iter().for_each(|breaker| written.write(breaker, time)),
        }
    }

    /// The breakers of which there are events that nobody has looked at.
    fn changed(&self, registry: &Registry, log: &Log) -> Vec<BreakerHandle> {
        let (latest, seen) = {
            let mut written = self.0.lock().unpoisoned();
            let latest = log.latest();
            (latest, std::mem::replace(&mut written.seen_event, latest))
        };
        if latest == seen {
            return Vec::new();
        }
        let events = log.after(seen);
        let names: BTreeSet<_> = events.iter().map(|logged| &*logged.event.breaker).collect();
        names.into_iter().filter_map(|name| registry.find_anywhere(name).ok().flatten()).collect()
    }

    /// What was written since `version`, everything if that is none: of all breakers, or `only` of one.
    pub(super) fn since(&self, version: Option<u64>, only: Option<&str>) -> Unseen {
        let written = self.0.lock().unpoisoned();
        let seen = version.filter(|seen| *seen >= written.forgotten);
        let is_meant = |name: &str| only.is_none_or(|only| only == name);
        let is_new = |at: u64| seen.is_none_or(|seen| at > seen);
        let rows = written.rows.iter().filter(|(name, (at, _))| is_meant(name) && is_new(*at));
        let is_news = |at: u64| seen.is_some_and(|seen| at > seen);
        let gone = written.gone.iter().filter(|(at, name)| is_meant(name) && is_news(*at));
        Unseen {
            version: written.version,
            is_all: seen.is_none(),
            rows: rows.map(|(_, (_, row))| Arc::clone(row)).collect(),
            gone: gone.map(|(_, name)| name.clone()).collect(),
        }
    }
}

impl Written {
    fn write_all(&mut self, breakers: &[BreakerHandle], time: SystemTime) {
        for breaker in breakers {
            self.write(breaker, time);
        }
        if self.rows.len() == breakers.len() {
            return;
        }
        let there: BTreeSet<&str> = breakers.iter().map(|breaker| breaker.name()).collect();
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

    fn write(&mut self, breaker: &CircuitBreaker, time: SystemTime) {
        let snapshot = breaker.snapshot();
        let Ok(row) = serde_json::to_string(&Row::of(&snapshot, time)) else { return };
        match self.rows.get_mut(breaker.name()) {
            Some((_, written)) if **written == row => {}
            Some(written) => {
                self.version += 1;
                *written = (self.version, row.into());
            }
            None => {
                self.version += 1;
                // One that is there again is not gone.
                self.gone.retain(|(_, name)| &**name != breaker.name());
                self.rows.insert(breaker.name().into(), (self.version, row.into()));
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{GroupSettings, registry};

    #[test]
    fn who_has_missed_more_that_went_than_are_remembered_is_told_everything() {
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
