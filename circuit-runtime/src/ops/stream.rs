//! Those who watch, as long as they do.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::Event;
use futures_util::stream::{Stream, unfold};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::board::Board;
use super::places::Place;

/// The least time between two messages but for the first after a pause: of changes in quick succession, several go together.
const PAUSE: Duration = Duration::from_millis(100);

/// After how much silence something is sent, so that nobody in between takes the connection for dead.
const SILENCE: Duration = Duration::from_secs(15);

/// After how long a browser that has lost the connection tries again.
const RETRY: Duration = Duration::from_secs(2);

/// One who watches. Whoever takes what is sent slowly or not at all costs nothing meanwhile, and is sent what is there when he
/// takes more: nothing is queued for him.
pub(super) struct Watcher {
    board: Arc<Board>,
    /// The number of the last event that was sent.
    seen_event: u64,
    rows: Watched,
    /// Of this breaker alone.
    only: Option<String>,
    changes: watch::Receiver<()>,
    ready: VecDeque<Event>,
    sent_at: Option<Instant>,
    place: Place,
}

/// Which rows somebody watches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Watched {
    /// None: only events.
    Events,
    /// All; the version that was sent last, if one was.
    Rows(Option<u64>),
}

impl Watcher {
    /// One who has seen the events up to the one numbered `seen`.
    pub(super) fn new(
        board: Arc<Board>,
        seen: u64,
        rows: Watched,
        only: Option<String>,
        place: Place,
    ) -> Self {
        let changes = board.log.watch();
        let greeting = Event::default().retry(RETRY).comment("circuit breakers");
        Self {
            board,
            seen_event: seen,
            rows,
            only,
            changes,
            ready: VecDeque::from([greeting]),
            sent_at: None,
            place,
        }
    }

    pub(super) fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> + Send {
        unfold(self, async |mut watcher| Some((Ok(watcher.next().await?), watcher)))
    }

    /// None, once the place is another's.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.place.is_lost() {
                return None;
            }
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            self.look();
            if self.ready.is_empty() {
                self.wait().await;
            } else {
                self.sent_at = Some(Instant::now());
            }
        }
    }

    /// Until there may be something new.
    async fn wait(&mut self) {
        let now = Instant::now();
        let sent_at = *self.sent_at.get_or_insert(now);
        let silent_until = sent_at + SILENCE;
        let look_at = match self.rows {
            Watched::Events => silent_until,
            // All who watch look at the same time, and the first of them does so for all.
            Watched::Rows(_) => silent_until.min(self.board.rows.next_look().unwrap_or(now)),
        };
        sleep_until(sent_at + PAUSE).await;
        // The log is this board's, so there will be no error but the time being over.
        let _ = timeout_at(look_at, self.changes.changed()).await;
        if Instant::now() >= silent_until {
            self.ready.push_back(Event::default().comment("nothing new"));
            self.sent_at = Some(Instant::now());
        }
    }

    fn look(&mut self) {
        self.changes.mark_unchanged();
        let Self { board, ready, only, .. } = self;
        if let Watched::Rows(seen) = &mut self.rows {
            board.rows.look(board.registry, &board.log, Instant::now());
            let unseen = board.rows.since(*seen, only.as_deref());
            if !unseen.is_nothing() {
                *seen = Some(unseen.version);
                ready.push_back(Event::default().event("breakers").data(unseen.to_json()));
            }
        }
        for logged in board.log.after(self.seen_event, only.as_deref()) {
            self.seen_event = logged.id;
            if let Ok(text) = serde_json::to_string(&logged.sent()) {
                let event = Event::default().event("change").id(logged.id.to_string());
                ready.push_back(event.data(text));
            }
        }
    }
}
