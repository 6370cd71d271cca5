//! The thread that talks to the storage, so that no call has to.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep, timeout};

use super::contract::Pushes;
use super::fleet::Fleet;
use super::handle::FleetHandle;
use super::link::Link;
use super::lot::Lots;
use super::member::Member;
use super::serving::{STEADY, Serving};
use crate::breaker::{BreakerHandle, CircuitBreaker, Joins, Sharing, StorageChange};
use crate::poison::Unpoisoned;
use crate::registry::{Registry, registry};

/// How long it waits before it tries to connect again: from, and up to.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// All members of one fleet in this process, and their thread.
pub(super) struct Driver {
    fleet: Fleet,
    address: Arc<str>,
    instance: Arc<str>,
    sender: String,
    members: Mutex<Members>,
    ready: Mutex<Vec<Arc<Member>>>,
    /// Whether there is a session. Written while `members` is locked, so that who joins is told of each.
    is_connected: AtomicBool,
    notify: Notify,
    registry: OnceLock<&'static Registry>,
    lots: Mutex<Lots>,
    own: Weak<Driver>,
}

#[derive(Default)]
struct Members {
    by_name: HashMap<Arc<str>, Arc<Member>>,
    /// How many there have to be before it is looked for those whose breakers are gone.
    looks_at: usize,
    /// What was last told.
    sharing: Option<Sharing>,
}

/// Fewer are not worth a look.
const FEW: usize = 64;

impl Members {
    /// Forgets those whose breakers are gone, each time that there are twice as many as were left the last time: without a
    /// session, nobody else does.
    fn forget_some(&mut self) {
        if self.by_name.len() >= self.looks_at.max(FEW) {
            self.by_name.retain(|_, member| !member.is_gone());
            self.looks_at = 2 * self.by_name.len();
        }
    }
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
            is_connected: AtomicBool::new(false),
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
        if !self.is_connected.load(Ordering::Acquire) {
            // A session begins with all of them, whatever they have to say.
            return;
        }
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
    pub(super) fn is_now(&self, sharing: Sharing, why: Option<String>) {
        let before = self.members.lock().unpoisoned().sharing.replace(sharing);
        if before != Some(sharing) {
            self.tell(None, sharing, why);
        }
    }

    async fn drive(self: Arc<Self>) {
        let (mut pause, mut is_steady) = (FIRST_PAUSE, true);
        loop {
            let (sender, mut pushes) = mpsc::unbounded_channel();
            let patience = 2 * self.patience();
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
        let members = self.members.lock().unpoisoned();
        self.is_connected.store(false, Ordering::Release);
        drop(members);
        self.take_ready();
        for member in self.members() {
            member.disconnected(why);
        }
        self.is_now(Sharing::Local, Some(why.to_owned()));
    }

    /// From now on, who joins is told that there is a session; those that are there already are returned.
    pub(super) fn session_begins(&self) -> Vec<Arc<Member>> {
        let members = self.members.lock().unpoisoned();
        self.is_connected.store(true, Ordering::Release);
        members.by_name.values().cloned().collect()
    }

    pub(super) fn member(&self, breaker: &str) -> Option<Arc<Member>> {
        self.members.lock().unpoisoned().by_name.get(breaker).cloned()
    }

    /// Its breaker is gone; another one of that name may have joined since.
    pub(super) fn forget(&self, member: &Arc<Member>) {
        let mut members = self.members.lock().unpoisoned();
        if members.by_name.get(&member.name).is_some_and(|known| Arc::ptr_eq(known, member)) {
            members.by_name.remove(&member.name);
        }
    }

    /// Those that have something to say.
    pub(super) fn take_ready(&self) -> Vec<Arc<Member>> {
        std::mem::take(&mut *self.ready.lock().unpoisoned())
    }

    /// Waits until one has.
    pub(super) async fn notified(&self) {
        self.notify.notified().await;
    }

    /// How long an answer may take.
    pub(super) fn patience(&self) -> Duration {
        Duration::from_millis(self.fleet.pace.timeout)
    }

    fn members(&self) -> Vec<Arc<Member>> {
        self.members.lock().unpoisoned().by_name.values().cloned().collect()
    }

    pub(super) fn flush(&self, done: impl Fn(Result<(), String>) + Send + Sync + 'static) {
        let done = Arc::new(Collected { first_error: Mutex::default(), done: Box::new(done) });
        for member in self.members() {
            let done = Arc::clone(&done);
            member.sync_it(Box::new(move |result| done.add(result)));
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

    fn join(&self, breaker: &BreakerHandle, group: Option<&str>) {
        let is_meant = |name| self.fleet.shares(name);
        if !(is_meant(breaker.name()) || group.is_some_and(is_meant)) || breaker.is_shared() {
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
        members.forget_some();
        members.by_name.insert(Arc::clone(&member.name), Arc::clone(&member));
        if self.is_connected.load(Ordering::Acquire) {
            drop(members);
            member.connected();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::memory::MemoryStorage;
    use super::*;
    use crate::breaker::Settings;

    #[test]
    fn those_whose_breakers_are_gone_are_forgotten_without_a_session_too() {
        let driver = Driver::new(Fleet::over(MemoryStorage::new()));
        let join = |name: &str| {
            let breaker = CircuitBreaker::new(name, Settings::new()).expect("valid");
            let breaker = BreakerHandle::from(breaker);
            driver.join(&breaker, None);
            breaker.open();
            breaker
        };
        let kept: Vec<_> = (0..10).map(|number| join(&format!("kept {number}"))).collect();
        (0..1_000).for_each(|number| drop(join(&format!("gone {number}"))));
        let members = driver.members().len();
        assert!((10..=2 * FEW).contains(&members), "{members}");
        assert!(driver.take_ready().is_empty(), "nobody is there to listen");
        assert!(kept.iter().all(|breaker| driver.member(breaker.name()).is_some()));
    }
}
