//! When a member is to be asked again, each once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tokio::time::Instant;

/// One time for each name.
#[derive(Debug, Default)]
pub(super) struct Timers {
    by_time: BTreeSet<(Instant, Arc<str>)>,
    by_name: HashMap<Arc<str>, Instant>,
}

impl Timers {
    pub(super) fn first(&self) -> Option<Instant> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// In place of the time that the name had.
    pub(super) fn set(&mut self, name: &Arc<str>, at: Instant) {
        if let Some(before) = self.by_name.insert(Arc::clone(name), at) {
            self.by_time.remove(&(before, Arc::clone(name)));
        }
        self.by_time.insert((at, Arc::clone(name)));
    }

    /// A name whose time has come.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Arc<str>> {
        self.first().filter(|at| *at <= now)?;
        let (_, name) = self.by_time.pop_first()?;
        self.by_name.remove(&name);
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_name_has_one_time_however_often_it_is_set() {
        let (mut timers, now) = (Timers::default(), Instant::now());
        let [a, b] = ["a", "b"].map(Arc::from);
        let later = |seconds| now + Duration::from_secs(seconds);
        for seconds in [5, 3, 9] {
            timers.set(&a, later(seconds));
        }
        timers.set(&b, later(7));
        assert_eq!((timers.first(), timers.take_due(later(6))), (Some(later(7)), None));
        assert_eq!((timers.take_due(later(9)), timers.take_due(later(9))), (Some(b), Some(a)));
        assert_eq!((timers.take_due(later(9)), timers.first()), (None, None));
    }
}
