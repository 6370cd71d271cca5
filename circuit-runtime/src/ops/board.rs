//! What the routes have in common.

use std::fmt;
use std::sync::Arc;

use axum::http::StatusCode;
use serde::Serialize;

use super::answer::Fault;
use super::log::Log;
use super::operators::Operators;
use super::places::{Place, Places};
use super::router::{End, Ops};
use super::rows::Rows;
use crate::breaker::{BreakerHandle, CircuitBreaker, ListenerId, Snapshot, on_change};
use crate::nearest::nearest;
use crate::registry::Registry;

/// The breakers of one registry, for those who look at them and those who change them.
pub(super) struct Board {
    pub(super) registry: &'static Registry,
    pub(super) title: String,
    pub(super) hosts: Vec<String>,
    pub(super) operators: Operators,
    pub(super) log: Arc<Log>,
    pub(super) rows: Rows,
    pub(super) end: Option<End>,
    places: Places,
    listener: ListenerId,
}

/// A breaker whole.
#[derive(Serialize)]
pub(super) struct Whole {
    #[serde(flatten)]
    snapshot: Snapshot,
    /// Why it opened the last time, in one line.
    why: Option<String>,
    /// Where it is declared in the source.
    declared: Vec<String>,
}

impl Board {
    pub(super) fn new(ops: Ops) -> Self {
        let Ops { registry, title, hosts, operators, kept_events, most_streams, end } = ops;
        let log = Arc::new(Log::new(kept_events));
        let to = Arc::clone(&log);
        Self {
            registry,
            title,
            hosts,
            operators,
            log,
            rows: Rows::default(),
            end,
            places: Places::new(most_streams),
            listener: registry.add_listener(on_change(move |event| to.push(event))),
        }
    }

    /// The breaker of this name. None is made for it.
    pub(super) fn breaker(&self, name: &str) -> Result<BreakerHandle, Fault> {
        let found = self.registry.find_anywhere(name);
        let found =
            found.map_err(|contradiction| Fault::new(StatusCode::CONFLICT, contradiction))?;
        found.ok_or_else(|| {
            let all = self.registry.all_names();
            Fault::unknown(name, nearest(name, all.iter().map(|name| &**name)))
        })
    }

    pub(super) fn whole(&self, breaker: &CircuitBreaker) -> Whole {
        let snapshot = breaker.snapshot();
        let of_it = self
            .registry
            .declarations()
            .filter(|declared| declared.name() == breaker.name() && !declared.is_reference());
        Whole {
            why: snapshot.last_trip.as_ref().map(ToString::to_string),
            declared: of_it.map(|declared| declared.place().to_string()).collect(),
            snapshot,
        }
    }

    /// A place among those who watch, if there is one left.
    pub(super) fn place(&self) -> Result<Place, Fault> {
        self.places.take().ok_or_else(|| {
            let error =
                "as many watch as may (Ops::at_most_streams); read `rows` or `events` instead";
            Fault::new(StatusCode::SERVICE_UNAVAILABLE, error)
        })
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.registry.remove_listener(self.listener);
    }
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board").field("title", &self.title).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_listens_any_more_when_the_board_is_gone() {
        let board = Board::new(Ops::new());
        let log = Arc::downgrade(&board.log);
        drop(board);
        assert!(log.upgrade().is_none());
    }
}
