//! Calls a process's breakers at a steady rate, and remembers what became of the calls.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use circuit_runtime::{CircuitBreaker, Permit, State};

use crate::clock::{micros, ms};

/// How what is called behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dependency {
    Well,
    Sick,
    /// Every second call fails.
    Mixed,
    /// A probe takes so many milliseconds, and succeeds.
    Slow(u64),
    /// A probe takes until this is over, and succeeds.
    Held,
}

impl Dependency {
    pub(crate) fn named(name: &str) -> Option<Self> {
        let slow = |millis: &str| millis.parse().ok().map(Self::Slow);
        match name {
            "well" => Some(Self::Well),
            "sick" => Some(Self::Sick),
            "mixed" => Some(Self::Mixed),
            "held" => Some(Self::Held),
            name => name.strip_prefix("slow ").and_then(slow),
        }
    }
}

/// A call that was admitted while the breaker was not closed; it may not be over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Probe {
    pub(crate) begun: i64,
    pub(crate) ended: Option<i64>,
}

/// What became of the calls.
pub(crate) struct Account {
    dependency: Mutex<Dependency>,
    pub(crate) asked: AtomicU64,
    pub(crate) rejected: AtomicU64,
    pub(crate) panicked: AtomicU64,
    probes: Mutex<Vec<Probe>>,
    /// When calls were admitted while the breaker was closed: the first since the dependency last changed.
    pub(crate) first_closed: Mutex<Option<i64>>,
    times: Mutex<Times>,
}

impl Account {
    pub(crate) fn new() -> Self {
        Self {
            dependency: Mutex::new(Dependency::Well),
            asked: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            panicked: AtomicU64::new(0),
            probes: Mutex::default(),
            first_closed: Mutex::default(),
            times: Mutex::new(Times { counts: vec![0; Times::BUCKETS], most: 0 }),
        }
    }

    /// Forgets probes that there were before.
    pub(crate) fn change(&self, dependency: Dependency) {
        lock(&self.probes).clear();
        *lock(&self.first_closed) = None;
        *lock(&self.dependency) = dependency;
    }

    fn dependency(&self) -> Dependency {
        *lock(&self.dependency)
    }

    pub(crate) fn probes(&self) -> Vec<Probe> {
        lock(&self.probes).clone()
    }

    /// The most, and what one in a thousand is above; in microseconds.
    pub(crate) fn times(&self) -> (u64, u64) {
        let times = lock(&self.times);
        (times.most, times.quantile(999))
    }

    /// One call, which may go on after this returns if it is a probe.
    pub(crate) fn call(self: &Arc<Self>, breaker: &'static CircuitBreaker) {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        let begun = Instant::now();
        let permit = breaker.try_acquire();
        let taken = begun.elapsed();
        let Ok(permit) = permit else {
            self.rejected.fetch_add(1, Ordering::Relaxed);
            return lock(&self.times).add(taken);
        };
        let dependency = self.dependency();
        let is_long = matches!(dependency, Dependency::Slow(_) | Dependency::Held);
        if is_long && breaker.state() != State::Closed {
            return self.probe(permit, taken);
        }
        if is_long {
            lock(&self.first_closed).get_or_insert_with(micros);
        }
        let fails = match dependency {
            Dependency::Sick => true,
            Dependency::Mixed => number % 2 == 0,
            _ => false,
        };
        self.end(permit, fails, taken);
    }

    fn end(&self, permit: Permit<'_>, fails: bool, taken: Duration) {
        let ended = Instant::now();
        if fails {
            permit.failure(&"down");
        } else {
            permit.success();
        }
        lock(&self.times).add(taken + ended.elapsed());
    }

    /// Makes it beside the calls that go on meanwhile.
    fn probe(self: &Arc<Self>, permit: Permit<'static>, taken: Duration) {
        let mut probes = lock(&self.probes);
        let number = probes.len();
        probes.push(Probe { begun: micros(), ended: None });
        drop(probes);
        let account = Arc::clone(self);
        thread::spawn(move || {
            match account.dependency() {
                Dependency::Slow(millis) => thread::sleep(ms(millis)),
                _ => {
                    while account.dependency() == Dependency::Held {
                        thread::sleep(ms(1));
                    }
                }
            }
            if let Some(probe) = lock(&account.probes).get_mut(number) {
                probe.ended = Some(micros());
            }
            account.end(permit, false, taken);
        });
    }
}

/// How long calls were inside the breaker.
struct Times {
    /// By the microsecond below a millisecond, by the millisecond above.
    counts: Vec<u64>,
    most: u64,
}

impl Times {
    const BUCKETS: usize = 61_000;

    fn add(&mut self, taken: Duration) {
        let micros = usize::try_from(taken.as_micros()).unwrap_or(usize::MAX);
        let bucket = if micros < 1_000 { micros } else { 1_000 + micros / 1_000 };
        self.counts[bucket.min(Self::BUCKETS - 1)] += 1;
        self.most = self.most.max(micros as u64);
    }

    fn quantile(&self, thousandths: u64) -> u64 {
        let all: u64 = self.counts.iter().sum();
        let mut left = all * thousandths / 1_000;
        for (bucket, &count) in self.counts.iter().enumerate() {
            if count > left {
                let micros = if bucket < 1_000 { bucket } else { (bucket - 1_000) * 1_000 };
                return micros as u64;
            }
            left -= count;
        }
        self.most
    }
}

/// A thread that calls.
pub(crate) struct Caller {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Caller {
    /// Calls each of the breakers so many times in `seconds`; as fast as it can, if that is none.
    pub(crate) fn start(
        account: &Arc<Account>,
        breakers: Vec<&'static CircuitBreaker>,
        (times, seconds): (u32, u32),
        most: u64,
    ) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (account, over) = (Arc::clone(account), Arc::clone(&is_over));
        let thread = thread::spawn(move || {
            let calls = (breakers.len() as u64).max(1);
            let whole = Duration::from_secs(seconds.into());
            // Spread evenly, and begun anywhere in the first round.
            let pause = (times > 0).then(|| whole / times / u32::try_from(calls).unwrap_or(1));
            let mut next = Instant::now();
            let mut made = 0;
            while !over.load(Ordering::Relaxed) {
                for &breaker in &breakers {
                    if over.load(Ordering::Relaxed) || made == most {
                        return;
                    }
                    let call = AssertUnwindSafe(|| account.call(breaker));
                    if catch_unwind(call).is_err() {
                        account.panicked.fetch_add(1, Ordering::Relaxed);
                    }
                    made += 1;
                    if let Some(pause) = pause {
                        next += pause;
                        // Sleeping for less than this costs more than it is worth.
                        let left = next.saturating_duration_since(Instant::now());
                        if left > Duration::from_micros(200) {
                            thread::sleep(left);
                        }
                        // What was missed is not made up for.
                        next = next.max(Instant::now().checked_sub(ms(100)).unwrap_or(next));
                    }
                }
            }
        });
        Self { is_over, thread }
    }

    pub(crate) fn is_running(&self) -> bool {
        !self.thread.is_finished()
    }

    pub(crate) fn stop(self) {
        self.is_over.store(true, Ordering::Relaxed);
        let _ = self.thread.join();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
