//! A breaker that is one of a fleet's: between the calls' threads and the fleet's own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

use super::contract::StorageError;
use super::driver::Driver;
use super::link::{Effect, Link};
use super::record::Record;
use super::request::{Reply, Request};
use crate::breaker::{
    Applied, BreakerHandle, CircuitBreaker, Membership, Mode, Settings, Sharing, SyncDone,
    WeakHandle,
};
use crate::clock::Moment;
use crate::machine::{Event, Phase, Verdict};
use crate::poison::Unpoisoned;

pub(super) struct Member {
    pub(super) name: Arc<str>,
    /// Not kept: its breaker keeps it.
    breaker: WeakHandle,
    link: Mutex<Link>,
    is_shared: AtomicBool,
    /// Whether the fleet's thread has been told that there is something to say.
    is_ready: AtomicBool,
    waiting: Mutex<Vec<SyncDone>>,
    driver: Weak<Driver>,
    own: Weak<Member>,
}

impl Member {
    pub(super) fn new(breaker: &BreakerHandle, link: Link, driver: Weak<Driver>) -> Arc<Self> {
        Arc::new_cyclic(|own| Self {
            name: breaker.name().into(),
            breaker: breaker.downgrade(),
            link: Mutex::new(link),
            is_shared: AtomicBool::new(false),
            is_ready: AtomicBool::new(false),
            waiting: Mutex::default(),
            driver,
            own: own.clone(),
        })
    }

    /// Does something to the link, and then, where no lock is held, what follows from it.
    fn with<T>(
        &self,
        breaker: &CircuitBreaker,
        work: impl FnOnce(&mut Link, &CircuitBreaker) -> T,
    ) -> T {
        let mut link = self.link.lock().unpoisoned();
        let done = work(&mut link, breaker);
        let now = breaker.now();
        let has_news = link.wake(now).is_some_and(|wake| wake <= now);
        self.is_shared.store(link.is_governed(), Ordering::Release);
        let effects = link.take_effects();
        drop(link);
        if has_news {
            self.wake_the_fleet();
        }
        for effect in effects {
            self.take_effect(breaker, effect);
        }
        done
    }

    /// As [`with`](Self::with), for the fleet's thread, which does not keep the breaker; nothing, if it is gone.
    fn with_it(&self, work: impl FnOnce(&mut Link, &CircuitBreaker)) {
        if let Some(breaker) = self.breaker.upgrade() {
            self.with(&breaker, work);
        }
    }

    /// Whether nobody has the breaker any more.
    pub(super) fn is_gone(&self) -> bool {
        self.breaker.is_gone()
    }

    fn wake_the_fleet(&self) {
        if self.is_ready.swap(true, Ordering::AcqRel) {
            return;
        }
        if let (Some(driver), Some(own)) = (self.driver.upgrade(), self.own.upgrade()) {
            driver.is_ready(own);
        }
    }

    fn take_effect(&self, breaker: &CircuitBreaker, effect: Effect) {
        match effect {
            Effect::Changed(change) => breaker.tell_change(Some(&change)),
            Effect::Mode(mode) => {
                if let Some(change) = breaker.exchange_mode(mode) {
                    breaker.tell_mode_change(&change);
                }
            }
            Effect::Settings(live) => {
                if let Err(error) = breaker.adopt_settings(live) {
                    let why = format!("the settings that the fleet was given are none: {error}");
                    self.tell(breaker, Sharing::Shared, Some(why));
                }
            }
            Effect::Foreign { why, is_news } => {
                self.fail_waiting(&why);
                if is_news {
                    self.tell(breaker, Sharing::Local, Some(why));
                }
            }
            Effect::SharedAgain => self.tell(breaker, Sharing::Shared, None),
            Effect::Lost(why) => self.tell(breaker, Sharing::Shared, Some(why)),
        }
    }

    fn tell(&self, breaker: &CircuitBreaker, sharing: Sharing, why: Option<String>) {
        if let Some(driver) = self.driver.upgrade() {
            driver.tell(Some(breaker), sharing, why);
        }
    }

    // For the fleet's thread.

    /// As [`CircuitBreaker::sync`]; at once, where the breaker is gone.
    pub(super) fn sync_it(&self, done: SyncDone) {
        match self.breaker.upgrade() {
            Some(breaker) => self.sync(&breaker, done),
            None => done(Ok(())),
        }
    }

    pub(super) fn connected(&self) {
        self.with_it(|link, breaker| link.connected(breaker.now()));
    }

    pub(super) fn disconnected(&self, why: &str) {
        self.with_it(|link, _| link.disconnected());
        self.fail_waiting(why);
    }

    pub(super) fn pushed(&self, record: Record, server: u64) {
        self.with_it(|link, breaker| link.pushed(breaker, record, server));
    }

    pub(super) fn answered(&self, answer: Result<Reply, StorageError>) {
        self.with_it(|link, breaker| link.answered(breaker, answer));
    }

    /// What is to be sent now.
    pub(super) fn next(&self) -> Option<Request> {
        self.is_ready.store(false, Ordering::Release);
        let breaker = self.breaker.upgrade()?;
        // The window's lock comes before the link's.
        let told = self.link.lock().unpoisoned().told(&breaker);
        let successes = told.map(|told| breaker.window_successes(told));
        let mut link = self.link.lock().unpoisoned();
        let request = link.next(&breaker, successes);
        let is_silent = request.is_none() && link.is_silent(breaker.now());
        let agrees = is_silent && link.is_governed();
        // Who comes to wait later waits for what is said later.
        let waiting = if agrees { self.take_waiting() } else { Vec::new() };
        drop(link);
        for done in waiting {
            done(Ok(()));
        }
        request
    }

    /// When [`next`](Self::next) is to be asked again, in how many milliseconds.
    pub(super) fn wake_in(&self) -> Option<u64> {
        let now = self.breaker.upgrade()?.now();
        let wake: Option<Moment> = self.link.lock().unpoisoned().wake(now);
        wake.map(|wake| now.until(wake))
    }

    #[cfg(test)]
    pub(super) fn belief(&self) -> String {
        self.link.lock().unpoisoned().belief()
    }

    /// The latest era it knows of.
    #[cfg(test)]
    pub(super) fn known_epoch(&self) -> u64 {
        self.link.lock().unpoisoned().known_epoch()
    }

    /// Probes that are out under a lease that has not run out.
    #[cfg(test)]
    pub(super) fn probes_out(&self, breaker: &CircuitBreaker) -> u64 {
        self.link.lock().unpoisoned().probes_out(breaker.now())
    }

    fn take_waiting(&self) -> Vec<SyncDone> {
        std::mem::take(&mut *self.waiting.lock().unpoisoned())
    }

    fn fail_waiting(&self, why: &str) {
        for done in self.take_waiting() {
            done(Err(why.to_owned()));
        }
    }
}

impl Membership for Member {
    fn step(
        &self,
        breaker: &CircuitBreaker,
        event: Event,
        take: &mut dyn FnMut(Event) -> Applied,
    ) -> Applied {
        let word = breaker.word();
        let is_closed = matches!(word.phase(), Phase::Closed { .. });
        // What changes nothing takes no lock: nobody is told how many calls are let in, and succeed.
        match event {
            Event::Watch(_) => return take(event),
            // Should it open just now, the call is asked again.
            Event::Acquire if is_closed => {
                let applied = take(Event::Wait(0));
                if applied.verdict == Verdict::Admitted {
                    return applied;
                }
            }
            Event::Success(permit)
                if is_closed && word.same_era(permit) && word == word.without_failures() =>
            {
                return take(event);
            }
            _ => {}
        }
        self.with(breaker, |link, breaker| link.step(breaker, event, take))
    }

    fn mode_set(&self, breaker: &CircuitBreaker, mode: Mode) {
        self.with(breaker, |link, _| link.mode_set(mode));
    }

    fn settings_set(&self, live: Settings) {
        // The breaker's settings are locked: what follows from it, follows on the fleet's thread.
        self.link.lock().unpoisoned().settings_set(live);
        self.wake_the_fleet();
    }

    fn sharing(&self) -> Sharing {
        if self.is_shared.load(Ordering::Acquire) { Sharing::Shared } else { Sharing::Local }
    }

    fn wait(&self, breaker: &CircuitBreaker) -> Option<u64> {
        self.link.lock().unpoisoned().wait_for_lease(breaker.now())
    }

    fn sync(&self, breaker: &CircuitBreaker, done: SyncDone) {
        self.with(breaker, |link, breaker| {
            self.waiting.lock().unpoisoned().push(done);
            link.refresh(breaker.now());
        });
        self.wake_the_fleet();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::super::fleet::Fleet;
    use super::super::lot::Lots;
    use super::super::memory::MemoryStorage;
    use super::*;

    const NOW: u64 = 1_700_000_000_000;

    /// A process without a thread: what it asks is answered when the test says so.
    fn process(seed: u64) -> (BreakerHandle, Arc<Member>) {
        let breaker = CircuitBreaker::new("db", Settings::new().threshold(1)).expect("valid");
        let breaker = BreakerHandle::from(breaker);
        let identity = ("test".into(), seed.to_string());
        let pace = Fleet::over(MemoryStorage::new()).pace;
        let link = Link::new(&breaker, identity, Settings::new(), pace, Lots::seeded(seed));
        let member = Member::new(&breaker, link, Weak::new());
        assert!(breaker.enter(member.clone()));
        member.connected();
        (breaker, member)
    }

    fn reply(kept: &mut Option<Record>, request: &Request) -> Reply {
        let applied = Record::apply(kept, request, NOW);
        Reply::new(applied.done, kept.clone(), NOW)
    }

    /// Until it has nothing more to say.
    fn talk(member: &Member, kept: &mut Option<Record>) {
        while let Some(request) = member.next() {
            member.answered(Ok(reply(kept, &request)));
        }
    }

    #[test]
    fn whoever_syncs_where_something_else_lies_is_told_so_each_time() {
        let (two, asks) = process(2);
        for _ in 0..3 {
            let synced = two.sync();
            while asks.next().is_some() {
                asks.answered(Err(StorageError::Foreign("a list".into())));
            }
            let error = synced.now_or_never().expect("an answer").expect_err("no record");
            assert!(error.to_string().contains("a list"), "{error}");
        }
    }

    #[test]
    fn a_question_without_an_answer_is_asked_again_before_who_waits_is_told() {
        let mut kept = None;
        let ((one, told), (two, asks)) = (process(1), process(2));
        talk(&told, &mut kept);
        talk(&asks, &mut kept);
        one.open();
        talk(&told, &mut kept);
        let synced = two.sync();
        asks.next().expect("a question");
        asks.answered(Err(StorageError::Unreachable("busy".into())));
        talk(&asks, &mut kept);
        synced.wait().expect("the storage answers");
        assert_eq!(two.state(), crate::State::Open);
    }

    #[test]
    fn who_syncs_while_a_question_is_out_hears_what_happened_after_it_was_asked() {
        for is_new in [false, true] {
            let mut kept = None;
            let ((one, told), (two, asks)) = (process(1), process(2));
            talk(&told, &mut kept);
            if !is_new {
                talk(&asks, &mut kept);
                drop(two.sync());
            }
            let question = asks.next().expect("a question");
            let old = reply(&mut kept, &question); // and is on its way

            one.open();
            talk(&told, &mut kept);
            assert!(kept.as_ref().is_some_and(|record| record.open.is_some()));

            let synced = two.sync();
            asks.answered(Ok(old));
            talk(&asks, &mut kept);
            synced.wait().expect("the storage answers");
            assert_eq!(two.state(), crate::State::Open, "is new: {is_new}");
        }
    }
}
