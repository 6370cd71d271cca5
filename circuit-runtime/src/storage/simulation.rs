//! The protocol under a storage, a network and processes that fail in every way there is, from a seed: the same links,
//! members, breakers and records as in production, with the messages between them in here.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::contract::StorageError;
use super::fleet::Pace;
use super::link::Link;
use super::lot::Lots;
use super::member::Member;
use super::record::Record;
use super::request::{Action, Reply, Request};
use crate::breaker::{CircuitBreaker, Permit, Settings};
use crate::clock::ManualClock;
use crate::machine::State;

const PACE: Pace = Pace { poll: 3_000, lease: 2_000, timeout: 500, keep: 100_000 };
const PROCESSES: usize = 4;
const TTL: u64 = 5_000;
const LONGEST_AWAY: u64 = 3 * TTL;
const TIMEOUT: u64 = PACE.timeout;

/// What may go wrong.
#[derive(Clone, Copy, Debug)]
struct Faults {
    /// In a thousand messages, so many are lost, and so many doubled.
    lost: u64,
    doubled: u64,
    /// In a thousand steps, a process dies, or a connection is cut.
    deaths: u64,
    cuts: u64,
    /// In ten thousand steps, the storage starts again empty, or as it was some time ago.
    empties: u64,
    setbacks: u64,
    /// In ten thousand steps, its clock is put forth or back.
    clock_steps: u64,
    /// In ten thousand steps, somebody opens or closes a breaker by hand.
    hands: u64,
}

const NO_FAULTS: Faults = Faults {
    lost: 0,
    doubled: 0,
    deaths: 0,
    cuts: 0,
    empties: 0,
    setbacks: 0,
    clock_steps: 0,
    hands: 0,
};
const MESSAGES: Faults = Faults { lost: 30, doubled: 50, cuts: 2, deaths: 2, ..NO_FAULTS };
const ALL: Faults = Faults { empties: 10, setbacks: 10, clock_steps: 10, hands: 10, ..MESSAGES };

struct Process {
    breaker: &'static CircuitBreaker,
    member: Arc<Member>,
    /// Which of its sessions it is in, if it is in one, or from when on it may begin another.
    session: Option<u64>,
    back_at: u64,
    /// Calls that go on: until when, and whether they hang.
    calls: Vec<(u64, Permit<'static>)>,
    next_call: u64,
    /// The latest era it knew.
    epoch: u64,
}

enum Message {
    Request { from: usize, session: u64, number: u64, request: Request },
    Answer { to: usize, session: u64, number: u64, reply: Reply },
    TimedOut { at: usize, session: u64, number: u64 },
    Push { to: usize, session: u64, record: Record, now: u64 },
}

struct World {
    lots: Lots,
    faults: Faults,
    clock: ManualClock,
    now: u64,
    /// By how much the storage's clock is ahead.
    offset: i64,
    kept: Option<Record>,
    backup: Option<Record>,
    processes: Vec<Process>,
    /// By the time they arrive, and a number that orders those of one time.
    messages: BTreeMap<(u64, u64), Message>,
    numbers: u64,
    is_sick: bool,
    /// Whether nobody calls.
    is_quiet: bool,
    settings: Settings,
    answered: Vec<Option<u64>>,
    most_leases: u64,
    recoveries: u64,
    /// Calls that failed since it was last opened.
    failed: u64,
    has_lost: Cell<bool>,
}

impl World {
    fn new(seed: u64, faults: Faults, settings: Settings) -> Self {
        let mut world = Self {
            lots: Lots::seeded(seed),
            faults,
            clock: ManualClock::new(),
            now: 0,
            offset: 1_700_000_000_000,
            kept: None,
            backup: None,
            processes: Vec::new(),
            messages: BTreeMap::new(),
            numbers: 0,
            is_sick: false,
            is_quiet: false,
            settings,
            answered: vec![None; PROCESSES],
            most_leases: 0,
            recoveries: 0,
            failed: 0,
            has_lost: Cell::new(false),
        };
        for at in 0..PROCESSES {
            let process = world.process(at);
            world.processes.push(process);
        }
        world
    }

    fn process(&mut self, at: usize) -> Process {
        let breaker = CircuitBreaker::new("simulated", self.settings).expect("valid");
        let breaker: &'static CircuitBreaker = Box::leak(Box::new(breaker));
        breaker.set_clock(&self.clock);
        let sender = format!("{at}.{}", self.lots.draw());
        let lots = Lots::seeded(self.lots.draw());
        let link = Link::new(breaker, ("simulated".into(), sender), Settings::new(), PACE, lots);
        let member = Member::new(&breaker.into(), link, Weak::new());
        assert!(breaker.enter(member.clone()));
        let back_at = self.now + self.lots.below(50);
        Process {
            breaker,
            member,
            session: None,
            back_at,
            calls: Vec::new(),
            next_call: 0,
            epoch: 0,
        }
    }

    fn server_now(&self) -> u64 {
        self.now.saturating_add_signed(self.offset)
    }

    fn happens(&mut self, in_so_many: u64, of: u64) -> bool {
        self.lots.below(of) < in_so_many
    }

    fn send(&mut self, message: Message) {
        if self.happens(self.faults.lost, 1_000) {
            return;
        }
        self.numbers += 1;
        // Mostly at once, and sometimes late, so that messages overtake each other.
        let delay = match self.lots.below(1_000) {
            // As what lay in the buffers of a server that stood still.
            0..5 if self.faults.lost > 0 => self.lots.below(3 * TTL),
            0..50 => self.lots.below(300),
            _ => self.lots.below(4),
        };
        self.messages.insert((self.now + 1 + delay, self.numbers), message);
    }

    /// One millisecond.
    fn step(&mut self) {
        self.now += 1;
        self.clock.advance(Duration::from_millis(1));
        while let Some(entry) = self.messages.first_entry() {
            if entry.key().0 > self.now {
                break;
            }
            let message = entry.remove();
            self.deliver(message);
        }
        self.misfortune();
        for at in 0..self.processes.len() {
            self.work(at);
            self.talk(at);
        }
        self.check();
    }

    fn deliver(&mut self, message: Message) {
        match message {
            Message::Request { from, session, number, request } => {
                let now = self.server_now();
                let before = self.kept.clone();
                let applied = Record::apply(&mut self.kept, &request, now);
                let record = self.kept.clone();
                if let (Some(before), Some(record)) = (before, &record) {
                    self.judge(&before, &request, record);
                }
                let reply = Reply::new(applied.done, record.clone(), now);
                self.send(Message::Answer { to: from, session, number, reply });
                if let (true, Some(record)) = (applied.publish, record) {
                    for to in 0..self.processes.len() {
                        if let Some(session) = self.processes[to].session {
                            let record = record.clone();
                            self.send(Message::Push { to, session, record, now });
                        }
                    }
                }
            }
            Message::Answer { to, session, number, reply } => {
                let is_awaited = self.answered[to] == Some(number);
                if is_awaited && self.processes[to].session == Some(session) {
                    self.answered[to] = None;
                    self.processes[to].member.answered(Ok(reply));
                }
            }
            Message::TimedOut { at, session, number } => {
                let is_so = self.answered[at] == Some(number);
                if is_so && self.processes[at].session == Some(session) {
                    self.cut(at);
                }
            }
            Message::Push { to, session, record, now } => {
                if self.processes[to].session == Some(session) {
                    self.processes[to].member.pushed(record, now);
                }
            }
        }
    }

    /// Whether a request had the right to do to a record what it did.
    fn judge(&mut self, before: &Record, request: &Request, record: &Record) {
        let has_lease = |token: &String| {
            let leases = before.open.iter().flat_map(|open| &open.leases);
            leases.into_iter().any(|(holder, _)| holder == token)
        };
        match (&record.open, &request.action) {
            _ if record.era == before.era => {}
            (None, _) => self.recoveries += 1,
            (Some(open), Action::Count(_)) if !self.has_lost.get() => {
                let (measured, failed) = (open.measured, self.failed);
                assert!(measured <= failed, "{measured} of {failed}: {open:?}");
            }
            (Some(_), _) => {}
        }
        if let Action::Move { open, .. } = &request.action {
            assert!(request.keep >= PACE.keep + open.open_for, "forgotten too early: {request:?}");
        }
        match &request.action {
            _ if record.era == before.era => {}
            Action::Settle { token, .. } => assert!(has_lease(token), "{token} at {}", self.now),
            Action::Move { is_by_hand: true, .. } => {}
            _ => {
                let is_late = before.era != request.known && before.parent != Some(request.known);
                let is_lost = before.era.epoch < request.known.epoch;
                assert!(!is_late || is_lost, "{request:?} at {}", self.now);
            }
        }
        if record.open.is_some() && record.era != before.era {
            self.failed = 0;
        }
    }

    fn cut(&mut self, at: usize) {
        let pause = self.lots.below(1_000);
        let process = &mut self.processes[at];
        if process.session.take().is_some() {
            if self.answered[at].take().is_some() {
                let error = StorageError::Unreachable("cut".to_owned());
                process.member.answered(Err(error));
            }
            process.member.disconnected("cut");
            process.back_at = self.now + pause;
        }
    }

    fn misfortune(&mut self) {
        let at = usize::try_from(self.lots.below(PROCESSES as u64)).expect("few");
        if self.happens(self.faults.cuts, 1_000) {
            self.cut(at);
        }
        if self.happens(self.faults.deaths, 10_000) {
            // Whatever it was about to say, it does not.
            self.answered[at] = None;
            let dead = std::mem::take(&mut self.processes[at].calls);
            for (_, permit) in dead {
                std::mem::forget(permit);
            }
            self.processes[at] = self.process(at);
        }
        if self.happens(self.faults.empties, 10_000) {
            self.kept = None;
            self.has_lost.set(true);
            (0..PROCESSES).for_each(|at| self.cut(at));
        }
        if self.happens(1, 300) {
            self.backup = self.kept.clone();
        }
        if self.happens(self.faults.setbacks, 10_000) {
            self.kept = self.backup.clone();
            self.has_lost.set(true);
            (0..PROCESSES).for_each(|at| self.cut(at));
        }
        if self.happens(self.faults.clock_steps, 10_000) {
            let step = i64::try_from(self.lots.below(20_000)).expect("small") - 10_000;
            self.offset += step;
            self.has_lost.set(true);
        }
        if self.happens(self.faults.hands, 10_000) {
            let breaker = self.processes[at].breaker;
            match self.lots.below(3) {
                0 => breaker.open(),
                1 => breaker.half_open(),
                _ => breaker.close(),
            }
        }
    }

    /// Calls that begin and end.
    fn work(&mut self, at: usize) {
        let now = self.now;
        let is_sick = self.is_sick;
        let ended: Vec<_> = {
            let calls = &mut self.processes[at].calls;
            let (ended, on) = std::mem::take(calls).into_iter().partition(|(end, _)| *end <= now);
            *calls = on;
            ended
        };
        for (_, permit) in ended {
            match self.lots.below(100) {
                0 => drop(permit),
                1 => permit.ignore(),
                2..20 if !is_sick => permit.excluded(),
                _ if is_sick => {
                    self.failed += 1;
                    match self.lots.below(10) {
                        0 => permit.unavailable(&"busy", self.time_away()),
                        _ => permit.failure(&"down"),
                    }
                }
                _ => permit.success(),
            }
        }
        if self.processes[at].next_call <= now && !self.is_quiet {
            let (pause, length) = (self.lots.below(100), self.lots.below(60));
            let hangs = self.happens(5, 1_000);
            let process = &mut self.processes[at];
            process.next_call = now + pause;
            if let Ok(permit) = process.breaker.try_acquire() {
                let end = if hangs { now + 20_000 } else { now + length };
                process.calls.push((end, permit));
            }
        }
    }

    /// For how long a dependency says that it will be away: less than the time open, or more.
    fn time_away(&mut self) -> Duration {
        Duration::from_millis(self.lots.below(LONGEST_AWAY))
    }

    /// Connections that begin, and requests that are due.
    fn talk(&mut self, at: usize) {
        self.numbers += 1;
        let number = self.numbers;
        let process = &mut self.processes[at];
        let session = match process.session {
            Some(session) => session,
            None if process.back_at <= self.now => {
                process.session = Some(number);
                process.member.connected();
                number
            }
            None => return,
        };
        if self.answered[at].is_some() {
            return;
        }
        let Some(request) = process.member.next() else {
            assert_ne!(process.member.wake_in(), Some(0), "it is asked again and again");
            return;
        };
        self.answered[at] = Some(number);
        let timed_out = Message::TimedOut { at, session, number };
        self.messages.insert((self.now + TIMEOUT, number), timed_out);
        if self.happens(self.faults.doubled, 1_000) {
            let request = request.clone();
            self.send(Message::Request { from: at, session, number, request });
        }
        self.send(Message::Request { from: at, session, number, request });
    }

    fn check(&mut self) {
        let now = self.server_now();
        let open = self.kept.as_ref().and_then(|record| record.open.as_ref());
        let leases = open.map_or(0, |open| {
            open.leases.iter().filter(|(_, expiry)| *expiry > now).count() as u64
        });
        self.most_leases = self.most_leases.max(leases);
        let probes = u64::from(self.settings.get_probes());
        assert!(leases <= probes, "{leases} leases at {}", self.now);
        if !self.has_lost.get() && self.faults.hands == 0 {
            let out: u64 = self
                .processes
                .iter()
                .map(|process| process.member.probes_out(process.breaker))
                .sum();
            assert!(out <= probes, "{out} probes under a lease at {}", self.now);
        }
        for process in &mut self.processes {
            let epoch = process.member.known_epoch();
            assert!(epoch >= process.epoch, "an era before {} at {}", process.epoch, self.now);
            process.epoch = epoch;
        }
    }

    fn run(&mut self, millis: u64) {
        (0..millis).for_each(|_| self.step());
    }

    fn states(&self) -> Vec<State> {
        self.processes.iter().map(|process| process.breaker.state()).collect()
    }

    /// The network is whole, and the dependency well: everybody has to find out.
    fn recovers(&mut self) {
        let faults = std::mem::replace(&mut self.faults, NO_FAULTS);
        self.is_sick = false;
        // The longest that is waited for: a call that hangs, one time open, a probe that hangs, and lost messages.
        let most = 20_000 + LONGEST_AWAY + 3 * TTL + 4 * PACE.lease;
        let begun = self.now;
        let are_closed = |world: &Self| {
            let is_closed = world.kept.as_ref().is_none_or(|record| record.open.is_none());
            is_closed && world.states().iter().all(|state| *state == State::Closed)
        };
        while !are_closed(self) {
            let beliefs = || self.processes.iter().map(|process| process.member.belief());
            assert!(
                self.now < begun + most,
                "{:?} with {:?}: {:#?}",
                self.states(),
                self.kept,
                beliefs().collect::<Vec<_>>()
            );
            self.step();
        }
        self.agrees();
        self.faults = faults;
    }

    /// Nobody calls any more: all that was said is heard, and all count the same.
    fn agrees(&mut self) {
        self.is_quiet = true;
        self.run(2 * PACE.poll + 2 * TIMEOUT);
        for process in &self.processes {
            let (snapshot, belief) = (process.breaker.snapshot(), process.member.belief());
            assert_eq!(snapshot.probes_in_flight, 0, "{belief}");
            // What is left of a storage that forgot, nobody believes.
            let is_of = |record: &&Record| record.era.epoch >= process.member.known_epoch();
            if let (None, Some(record)) =
                (self.settings.get_window(), self.kept.as_ref().filter(is_of))
            {
                assert_eq!(u64::from(snapshot.failures), record.failures, "{belief} {record:?}");
            }
        }
        self.is_quiet = false;
    }
}

fn simulate(faults: Faults, settings: Settings, seeds: std::ops::Range<u64>) -> (u64, u64) {
    let (mut recoveries, mut most_leases) = (0, 0);
    for seed in seeds.clone() {
        let mut world = World::new(seed, faults, settings);
        let run = std::panic::AssertUnwindSafe(|| {
            for _ in 0..3 {
                world.is_sick = true;
                world.run(8_000);
                world.is_sick = false;
                world.run(4_000);
                world.recovers();
            }
        });
        if let Err(panic) = std::panic::catch_unwind(run) {
            eprintln!("seed {seed}, {faults:?}");
            std::panic::resume_unwind(panic);
        }
        recoveries += world.recoveries;
        most_leases = most_leases.max(world.most_leases);
    }
    println!("{faults:?}: {seeds:?} seeds, {recoveries} recoveries");
    (recoveries, most_leases)
}

fn settings() -> Settings {
    Settings::new().threshold(5).ttl(Duration::from_millis(TTL))
}

/// `FLEET_SEEDS` of each, where more are wanted.
fn seeds() -> std::ops::Range<u64> {
    let given = std::env::var("FLEET_SEEDS").ok().and_then(|seeds| seeds.parse().ok());
    0..given.unwrap_or(20)
}

#[test]
fn one_probe_at_a_time_and_every_fleet_recovers_where_nothing_fails() {
    let (recoveries, most_leases) = simulate(NO_FAULTS, settings(), seeds());
    assert!(recoveries >= 3 * seeds().end, "{recoveries}");
    assert_eq!(most_leases, 1);
}

#[test]
fn one_probe_at_a_time_and_every_fleet_recovers_where_messages_and_processes_are_lost() {
    let (recoveries, most_leases) = simulate(MESSAGES, settings(), seeds());
    assert!(recoveries >= 3 * seeds().end, "{recoveries}");
    assert_eq!(most_leases, 1);
}

#[test]
fn every_fleet_recovers_where_the_storage_forgets_and_its_clock_steps() {
    let (recoveries, _) = simulate(ALL, settings(), seeds());
    assert!(recoveries >= 2 * seeds().end, "{recoveries}");
}

#[test]
fn as_many_probes_as_are_allowed_and_as_many_successes_as_are_asked_for() {
    let settings = settings().probes(2).success_threshold(3);
    let (recoveries, most_leases) = simulate(MESSAGES, settings, seeds());
    assert!(recoveries >= 3 * seeds().end, "{recoveries}");
    assert_eq!(most_leases, 2);
}

#[test]
fn a_shared_window_trips_and_recovers_whatever_is_lost() {
    let window = Duration::from_secs(4);
    let settings = settings().window(window).failure_rate(0.5).minimum_calls(10);
    let (recoveries, _) = simulate(ALL, settings, seeds());
    assert!(recoveries >= 2 * seeds().end, "{recoveries}");
}
