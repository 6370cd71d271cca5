//! One session with the storage: what is sent, answered and pushed in it.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};

use super::contract::{Pushed, Session, StorageError};
use super::driver::Driver;
use super::member::Member;
use super::request::Reply;
use super::timers::Timers;
use crate::breaker::Sharing;

/// How often a storage is asked whether it still answers.
const PING: Duration = Duration::from_secs(1);
/// After so long, a session is one that lasts: until then, what follows one that did not is told to nobody.
pub(super) const STEADY: Duration = Duration::from_secs(5);
/// Requests that are on their way at a time.
const MOST_SENT: usize = 64;

/// One session.
pub(super) struct Serving<'d> {
    driver: &'d Driver,
    session: Arc<dyn Session>,
    tasks: JoinSet<Done>,
    timers: Timers,
    /// The names of members that wait until fewer requests are on their way: each is in here once.
    delayed: VecDeque<Arc<str>>,
    delayed_names: HashSet<Arc<str>>,
    /// When it is told of: at the first answer, or, where the last one did not last, when this one does.
    tells_at: Instant,
}

enum Done {
    Answer(Arc<Member>, Box<Result<Reply, StorageError>>),
    Ping(Result<(), StorageError>),
}

impl<'d> Serving<'d> {
    pub(super) fn new(driver: &'d Driver, session: Arc<dyn Session>, is_steady: bool) -> Self {
        let now = Instant::now();
        Self {
            driver,
            session,
            tasks: JoinSet::new(),
            timers: Timers::default(),
            delayed: VecDeque::new(),
            delayed_names: HashSet::new(),
            tells_at: if is_steady { now } else { now + STEADY },
        }
    }

    /// Returns why it is over.
    pub(super) async fn serve(&mut self, pushes: &mut mpsc::UnboundedReceiver<Pushed>) -> String {
        // All of them, whatever they were waiting for when the last session ended.
        for member in self.driver.session_begins() {
            member.connected();
            self.attend(&member);
        }
        let mut ping_at = Instant::now();
        loop {
            for member in self.driver.take_ready() {
                self.attend(&member);
            }
            let now = Instant::now();
            let next = self.timers.first().map_or(ping_at, |at| ping_at.min(at));
            tokio::select! {
                word = pushes.recv() => match word {
                    Some(Pushed::Word { breaker, record, now }) => {
                        if let Some(member) = self.driver.member(&breaker) {
                            member.pushed(*record, now);
                            self.attend(&member);
                        }
                    }
                    Some(Pushed::Lost(why)) => return why,
                    None => return "the session is over".to_owned(),
                },
                Some(done) = self.tasks.join_next() => {
                    if let Err(why) = self.done(done) {
                        return why;
                    }
                    self.attend_delayed();
                }
                () = self.driver.notified() => {}
                () = sleep_until(next) => {
                    if ping_at <= now.max(next) {
                        ping_at = Instant::now() + PING;
                        self.ping();
                    }
                    self.attend_due();
                }
            }
        }
    }

    /// Until as many requests are on their way as may be, or nobody waits.
    fn attend_delayed(&mut self) {
        while self.tasks.len() < MOST_SENT {
            let Some(name) = self.delayed.pop_front() else { return };
            self.delayed_names.remove(&name);
            // Whoever has the name now.
            if let Some(member) = self.driver.member(&name) {
                self.attend(&member);
            }
        }
    }

    fn attend_due(&mut self) {
        let now = Instant::now();
        while let Some(name) = self.timers.take_due(now) {
            if let Some(member) = self.driver.member(&name) {
                self.attend(&member);
            }
        }
    }

    fn done(&mut self, done: Result<Done, JoinError>) -> Result<(), String> {
        match done {
            Ok(Done::Answer(member, answer)) => {
                let unreachable = match &*answer {
                    Err(StorageError::Foreign(_)) | Ok(_) => None,
                    Err(error) => Some(error.to_string()),
                };
                member.answered(*answer);
                if let Some(why) = unreachable {
                    return Err(why);
                }
                self.has_answered();
                self.attend(&member);
                Ok(())
            }
            Ok(Done::Ping(Ok(()))) => {
                self.has_answered();
                Ok(())
            }
            Ok(Done::Ping(Err(error))) => Err(error.to_string()),
            Err(panicked) => Err(format!("the storage panicked: {panicked}")),
        }
    }

    fn has_answered(&mut self) {
        if Instant::now() >= self.tells_at {
            self.driver.is_now(Sharing::Shared, None);
        }
    }

    /// Sends what a member has to say, or sees to it that it is asked again.
    fn attend(&mut self, member: &Arc<Member>) {
        if member.is_gone() {
            return self.driver.forget(member);
        }
        if self.tasks.len() >= MOST_SENT {
            if self.delayed_names.insert(Arc::clone(&member.name)) {
                self.delayed.push_back(Arc::clone(&member.name));
            }
            return;
        }
        if let Some(request) = member.next() {
            let session = Arc::clone(&self.session);
            let (member, patience) = (Arc::clone(member), self.driver.patience());
            self.tasks.spawn(async move {
                let answer = async { session.exchange(&member.name, request).await };
                let answer = timeout(patience, answer).await;
                let answer = answer.unwrap_or_else(|_| Err(silent(patience)));
                Done::Answer(member, Box::new(answer))
            });
        } else if let Some(millis) = member.wake_in() {
            let at = Instant::now() + Duration::from_millis(millis);
            self.timers.set(&member.name, at);
        }
    }

    fn ping(&mut self) {
        let (session, patience) = (Arc::clone(&self.session), self.driver.patience());
        self.tasks.spawn(async move {
            let answer = timeout(patience, async { session.ping().await }).await;
            Done::Ping(answer.unwrap_or_else(|_| Err(silent(patience))))
        });
    }
}

fn silent(patience: Duration) -> StorageError {
    StorageError::Unreachable(format!("no answer within {patience:?}"))
}
