//! The thread that talks to the storage, so that no call has to.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::contract::{Pushed, Pushes, Session, StorageError};
use super::fleet::Fleet;
use super::link::Link;
use super::lot::Lots;
use super::member::Member;
use super::request::Reply;
use super::timers::Timers;
use crate::breaker::{CircuitBreaker, Joins, Membership, Sharing, StorageChange};
use crate::poison::Unpoisoned;
use crate::registry::{Registry, registry};

/// How often a storage is asked whether it still answers.
const PING: Duration = Duration::from_secs(1);
/// How long it waits before it tries to connect again: from, and up to.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// After so long, a session is one that lasts: until then, what follows one that did not is told of nobody.
const STEADY: Duration = Duration::from_secs(5);
/// Requests that are on their way at a time.
const MOST_SENT: usize = 64;

/// All members of one fleet in this process, and their thread.
pub(super) struct Driver {
    fleet: Fleet,
    address: Arc<str>,
    instance: Arc<str>,
    sender: String,
    members: Mutex<Members>,
    ready: Mutex<Vec<Arc<Member>>>,
    notify: Notify,
    registry: OnceLock<&'static Registry>,
    lots: Mutex<Lots>,
    own: Weak<Driver>,
}

#[derive(Default)]
struct Members {
    by_name: HashMap<&'static str, Arc<Member>>,
    is_connected: bool,
    /// What was last told.
    sharing: Option<Sharing>,
}

impl Driver {
    pub(super) fn new(fleet: Fleet) -> Arc<Self> {
        let mut lots = Lots::new();
        let sender = format!("{:x}.{:x}", std::process::id(), lots.draw() & 0xffff_ffff_ffff);
        let driver = Arc::new_cyclic(|own| Self {
            address: fleet.storage.address().into(),
            instance: fleet.instance.as_str().into(),
            fleet,
            sender,
            members: Mutex::default(),
            ready: Mutex::default(),
            notify: Notify::new(),
            registry: OnceLock::new(),
            lots: Mutex::new(lots),
            own: own.clone(),
        });
        driver.fleet.storage.joined(&FleetHandle { driver: driver.own.clone() });
        driver
    }

    /// A member has something to say.
    pub(super) fn is_ready(&self, member: Arc<Member>) {
        self.ready.lock().unpoisoned().push(member);
        self.notify.notify_one();
    }

    pub(super) fn tell(
        &self,
        breaker: Option<&CircuitBreaker>,
        sharing: Sharing,
        why: Option<String>,
    ) {
        let storage = Arc::clone(&self.address);
        let name = breaker.map(|breaker| breaker.name().into());
        let change = StorageChange { storage, breaker: name, sharing, why };
        match (breaker, self.registry.get()) {
            (Some(breaker), _) => breaker.tell_storage_change(&change),
            (None, Some(registry)) => registry.tell_storage_change(&change),
            (None, None) => {}
        }
    }

    /// Tells it once, however often it happens.
    fn is_now(&self, sharing: Sharing, why: Option<String>) {
        let before = self.members.lock().unpoisoned().sharing.replace(sharing);
        if before != Some(sharing) {
            self.tell(None, sharing, why);
        }
    }

    async fn drive(self: Arc<Self>) {
        let (mut pause, mut is_steady) = (FIRST_PAUSE, true);
        loop {
            let (sender, mut pushes) = mpsc::unbounded_channel();
            let patience = Duration::from_millis(2 * self.fleet.pace.timeout);
            let storage = Arc::clone(&self.fleet.storage);
            // A task of its own, so that a storage that panics is but one that cannot be reached.
            let connecting = tokio::spawn(async move { storage.connect(Pushes { sender }).await });
            let why = match timeout(patience, connecting).await {
                Ok(Ok(Ok(session))) => {
                    let begun = Instant::now();
                    let mut serving = Serving::new(&self, session, is_steady);
                    let why = serving.serve(&mut pushes).await;
                    is_steady = begun.elapsed() >= STEADY;
                    if is_steady {
                        pause = FIRST_PAUSE;
                    }
                    why
                }
                Ok(Ok(Err(error))) => error.to_string(),
                Ok(Err(panicked)) => format!("the storage panicked: {panicked}"),
                Err(_) => format!("no connection within {patience:?}"),
            };
            self.is_lost(&why);
            // With full jitter, so that the fleet does not come back as one.
            let millis = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            let lot = self.lots.lock().unpoisoned().below(millis);
            sleep(Duration::from_millis(1 + lot)).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    /// From now on, all go on by themselves.
    fn is_lost(&self, why: &str) {
        self.members.lock().unpoisoned().is_connected = false;
        for member in self.members() {
            member.disconnected(why);
        }
        self.is_now(Sharing::Local, Some(why.to_owned()));
    }

    fn members(&self) -> Vec<Arc<Member>> {
        self.members.lock().unpoisoned().by_name.values().cloned().collect()
    }

    fn flush(&self, done: impl Fn(Result<(), String>) + Send + Sync + 'static) {
        let done = Arc::new(Collected { first_error: Mutex::default(), done: Box::new(done) });
        for member in self.members() {
            let done = Arc::clone(&done);
            member.sync(Box::new(move |result| done.add(result)));
        }
    }
}

/// Calls `done` when the last of many that know it is gone.
struct Collected {
    first_error: Mutex<Option<String>>,
    done: Box<dyn Fn(Result<(), String>) + Send + Sync>,
}

impl Collected {
    fn add(&self, result: Result<(), String>) {
        if let Err(error) = result {
            self.first_error.lock().unpoisoned().get_or_insert(error);
        }
    }
}

impl Drop for Collected {
    fn drop(&mut self) {
        let error = self.first_error.lock().unpoisoned().take();
        (self.done)(error.map_or(Ok(()), Err));
    }
}

impl Joins for Driver {
    fn start(&self) -> Result<Box<dyn FnOnce()>, String> {
        let _ = self.registry.set(registry());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let (sender, receiver) = std::sync::mpsc::channel::<Arc<Self>>();
        let thread = std::thread::Builder::new().name("circuit-fleet".to_owned());
        let started = thread.spawn(move || {
            let Ok(driver) = receiver.recv() else { return };
            loop {
                // Nothing in here should panic; if it does, breakers go on by themselves until it has begun again.
                let driving = || runtime.block_on(Arc::clone(&driver).drive());
                if std::panic::catch_unwind(AssertUnwindSafe(driving)).is_err() {
                    driver.is_lost("the fleet's thread panicked");
                    std::thread::sleep(LONGEST_PAUSE);
                }
            }
        });
        started.map_err(|error| error.to_string())?;
        let own = self.own.clone();
        Ok(Box::new(move || drop(own.upgrade().map(|driver| sender.send(driver)))))
    }

    fn join(&self, breaker: &'static CircuitBreaker) {
        if !self.fleet.shares(breaker.name()) || breaker.is_shared() {
            return;
        }
        let lots = Lots::seeded(self.lots.lock().unpoisoned().draw());
        let identity = (Arc::clone(&self.instance), self.sender.clone());
        let link = Link::new(breaker, identity, breaker.live_settings(), self.fleet.pace, lots);
        let member = Member::new(breaker, link, self.own.clone());
        if !breaker.enter(member.clone()) {
            return;
        }
        let mut members = self.members.lock().unpoisoned();
        members.by_name.insert(breaker.name(), Arc::clone(&member));
        if members.is_connected {
            drop(members);
            member.connected();
        }
    }
}

/// One session.
struct Serving<'d> {
    driver: &'d Driver,
    session: Arc<dyn Session>,
    tasks: JoinSet<Done>,
    timers: Timers,
    /// Members that wait until fewer requests are on their way, and their names: each is in here once.
    delayed: VecDeque<Arc<Member>>,
    delayed_names: HashSet<&'static str>,
    /// When it is told of: at the first answer, or, where the last one did not last, when this one does.
    tells_at: Instant,
}

enum Done {
    Answer(Arc<Member>, Box<Result<Reply, StorageError>>),
    Ping(Result<(), StorageError>),
}

impl<'d> Serving<'d> {
    fn new(driver: &'d Driver, session: Arc<dyn Session>, is_steady: bool) -> Self {
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
    async fn serve(&mut self, pushes: &mut mpsc::UnboundedReceiver<Pushed>) -> String {
        self.driver.members.lock().unpoisoned().is_connected = true;
        // All of them, whatever they were waiting for when the last session ended.
        for member in self.driver.members() {
            member.connected();
            self.attend(&member);
        }
        let mut ping_at = Instant::now();
        loop {
            let ready = std::mem::take(&mut *self.driver.ready.lock().unpoisoned());
            for member in &ready {
                self.attend(member);
            }
            let now = Instant::now();
            let next = self.timers.first().map_or(ping_at, |at| ping_at.min(at));
            tokio::select! {
                word = pushes.recv() => match word {
                    Some(Pushed::Word { breaker, record, now }) => {
                        let members = self.driver.members.lock().unpoisoned();
                        let member = members.by_name.get(breaker.as_str()).cloned();
                        drop(members);
                        if let Some(member) = member {
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
                () = self.driver.notify.notified() => {}
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
            let Some(member) = self.delayed.pop_front() else { return };
            self.delayed_names.remove(member.breaker.name());
            self.attend(&member);
        }
    }

    fn attend_due(&mut self) {
        let now = Instant::now();
        while let Some(name) = self.timers.take_due(now) {
            let members = self.driver.members.lock().unpoisoned();
            let member = members.by_name.get(name).cloned();
            drop(members);
            if let Some(member) = member {
                self.attend(&member);
            }
        }
    }

    fn done(&mut self, done: Result<Done, tokio::task::JoinError>) -> Result<(), String> {
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
        if self.tasks.len() >= MOST_SENT {
            if self.delayed_names.insert(member.breaker.name()) {
                self.delayed.push_back(Arc::clone(member));
            }
            return;
        }
        if let Some(request) = member.next() {
            let session = Arc::clone(&self.session);
            let (member, patience) = (Arc::clone(member), self.patience());
            self.tasks.spawn(async move {
                let name = member.breaker.name();
                let answer = async { session.exchange(name, request).await };
                let answer = timeout(patience, answer).await;
                let answer = answer.unwrap_or_else(|_| Err(silent(patience)));
                Done::Answer(member, Box::new(answer))
            });
        } else if let Some(millis) = member.wake_in() {
            let at = Instant::now() + Duration::from_millis(millis);
            self.timers.set(member.breaker.name(), at);
        }
    }

    fn ping(&mut self) {
        let (session, patience) = (Arc::clone(&self.session), self.patience());
        self.tasks.spawn(async move {
            let answer = timeout(patience, async { session.ping().await }).await;
            Done::Ping(answer.unwrap_or_else(|_| Err(silent(patience))))
        });
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(self.driver.fleet.pace.timeout)
    }
}

fn silent(patience: Duration) -> StorageError {
    StorageError::Unreachable(format!("no answer within {patience:?}"))
}

/// A fleet in this process, for its storage: [`Storage::joined`](super::Storage::joined).
#[derive(Clone)]
pub struct FleetHandle {
    driver: Weak<Driver>,
}

impl FleetHandle {
    /// As [`CircuitBreaker::sync`], for all breakers that are shared.
    pub fn flush(&self) -> super::Synced {
        let (sender, synced) = super::Synced::waiting();
        if let Some(driver) = self.driver.upgrade() {
            let sender = Mutex::new(Some(sender));
            driver.flush(move |result| {
                if let Some(sender) = sender.lock().unpoisoned().take() {
                    let _ = sender.send(result);
                }
            });
        }
        synced
    }
}

impl fmt::Debug for FleetHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FleetHandle").finish_non_exhaustive()
    }
}
