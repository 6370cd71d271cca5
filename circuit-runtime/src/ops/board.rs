//! What the routes have in common.

use std::fmt;
use std::sync::Arc;

use axum::http::StatusCode;
use futures_util::future::{BoxFuture, Shared};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::answer::Fault;
use super::log::Log;
use super::operators::Operators;
use super::rows::Rows;
use crate::breaker::{BreakerHandle, CircuitBreaker, ListenerId, Snapshot, on_change};
use crate::nearest::nearest;
use crate::registry::Registry;

/// The breakers of one registry, for those who look at them and those who change them.
pub(super) struct Board {
    pub(super) registry: &'static Registry,
    pub(super) title: String,
    pub(super) operators: Operators,
    pub(super) log: Arc<Log>,
    pub(super) rows: Rows,
    pub(super) end: Option<Shared<BoxFuture<'static, ()>>>,
    places: Arc<Semaphore>,
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
    pub(super) fn new(
        registry: &'static Registry,
        title: String,
        operators: Operators,
        kept_events: usize,
        most_streams: usize,
        end: Option<Shared<BoxFuture<'static, ()>>>,
    ) -> Self {
        let log = Arc::new(Log::new(kept_events));
        let to = Arc::clone(&log);
        Self {
            registry,
            title,
            operators,
            log,
            rows: Rows::default(),
            end,
            places: Arc::new(Semaphore::new(most_streams)),
            listener: registry.add_listener(on_change(move |event| to.push(event))),
        }
    }

    /// The breaker of this name. None is made for it.
    pub(super) fn breaker(&self, name: &str) -> Result<BreakerHandle, Fault> {
        let found = self.registry.find_anywhere(name);
        let found =
            found.map_err(|contradiction| Fault::new(StatusCode::CONFLICT, contradiction))?;
        found.ok_or_else(|| {
            let all = self.registry.breakers();
            Fault::unknown(name, nearest(name, all.iter().map(|breaker| breaker.name())))
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
    pub(super) fn place(&self) -> Result<OwnedSemaphorePermit, Fault> {
        Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            let error = "as many watch as may: Ops::at_most_streams; read GET breakers instead";
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
    use crate::registry::registry;

    #[test]
    fn nothing_listens_any_more_when_the_board_is_gone() {
        let operators = Operators::default();
        let board = Board::new(registry(), String::new(), operators, 1, 1, None);
        let log = Arc::downgrade(&board.log);
        drop(board);
        assert!(log.upgrade().is_none());
    }
}
