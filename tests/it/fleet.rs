//! Processes that share a breaker through a storage, each with a registry of its own: what is promised of every storage.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use circuit_runtime::storage::{Fleet, MemoryStorage, RedisStorage, Storage};
use circuit_runtime::test_util::{ManualClock, isolate_by};
use circuit_runtime::{
    CircuitBreaker, Mode, Permit, Rule, Settings, Sharing, State, configure, on_change, registry,
};
use integration_tests::redis_server::RedisServer;
use integration_tests::{TTL, fail, isolate_in_real_time, ms, succeed};

/// A storage, and what can happen to it.
trait Place {
    type Storage: Storage;
    fn new() -> Self;
    fn storage(&self) -> Self::Storage;
    fn go_away(&self);
    fn come_back(&self);
    fn forget(&self);
}

struct InMemory(MemoryStorage);

impl Place for InMemory {
    type Storage = MemoryStorage;

    fn new() -> Self {
        Self(MemoryStorage::new())
    }
    fn storage(&self) -> MemoryStorage {
        self.0.clone()
    }
    fn go_away(&self) {
        self.0.go_away();
    }
    fn come_back(&self) {
        self.0.come_back();
    }
    fn forget(&self) {
        self.0.forget();
    }
}

struct InRedis(RedisServer);

impl Place for InRedis {
    type Storage = RedisStorage;

    fn new() -> Self {
        Self(RedisServer::start())
    }
    fn storage(&self) -> RedisStorage {
        RedisStorage::new(self.0.address()).expect("an address")
    }
    fn go_away(&self) {
        self.0.pause();
    }
    fn come_back(&self) {
        self.0.resume();
    }
    fn forget(&self) {
        self.0.command(&["FLUSHALL"]);
    }
}

/// A process of the fleet: its breaker, and what was told of it.
struct Process {
    breaker: &'static CircuitBreaker,
    told: Arc<Mutex<Vec<String>>>,
}

impl Process {
    fn was_told(&self) -> String {
        self.told.lock().unwrap().join("\n")
    }
}

/// In real time, since that is what the fleet's thread lives by.
fn process_with(fleet: Fleet, settings: Settings, before: impl FnOnce(&CircuitBreaker)) -> Process {
    let _isolation = isolate_in_real_time();
    let breaker = registry().get_or_register("db", settings);
    before(breaker);
    let told = Arc::<Mutex<Vec<String>>>::default();
    let log = Arc::clone(&told);
    let listener = on_change(move |event| log.lock().unwrap().push(event.to_string()));
    configure().fleet(fleet).listener(listener).install().unwrap();
    breaker.sync().wait().unwrap();
    Process { breaker, told }
}

fn process(place: &impl Place, settings: Settings) -> Process {
    process_with(Fleet::over(place.storage()).lease(ms(300)), settings, |_| ())
}

fn agree(processes: &[&Process]) {
    for process in processes {
        process.breaker.sync().wait().unwrap();
    }
}

/// The fleet's probe, once it is this process's turn.
fn probe(of: &Process) -> Permit<'static> {
    loop {
        of.breaker.sync().wait().unwrap();
        if let Ok(permit) = of.breaker.try_acquire() {
            return permit;
        }
    }
}

/// Waits for what other threads are about to do.
fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(ms(1));
    }
}

fn settings() -> Settings {
    Settings::new().threshold(5).ttl(ms(200))
}

fn the_fleets_fifth_failure_trips_all(place: &impl Place) {
    let processes = [0; 3].map(|_| process(place, settings()));
    let [one, two, three] = &processes;
    for of in [one, two, three, one] {
        fail(of.breaker);
        agree(&[one, two, three]);
        assert!(processes.iter().all(|of| of.breaker.state() == State::Closed));
    }
    assert_eq!(processes.each_ref().map(|of| of.breaker.failure_count()), [4; 3]);
    fail(two.breaker);
    assert_ne!(two.breaker.state(), State::Closed, "at once where it was");
    agree(&[two, one, three]);
    for of in &processes {
        assert_ne!(of.breaker.state(), State::Closed);
        let trip = of.breaker.last_trip().unwrap();
        assert_eq!((trip.rule, trip.measured, trip.limit), (Rule::ConsecutiveFailures, 5, 5));
    }
    let trip = one.breaker.last_trip().unwrap();
    let found_by = trip.instance.clone().expect("another process");
    assert!(found_by.contains(&std::process::id().to_string()), "{found_by}");
    assert!(trip.to_string().ends_with(&format!("; found by {found_by}")), "{trip}");
}

fn a_success_anywhere_ends_the_run_of_failures_everywhere(place: &impl Place) {
    let (one, two) = (process(place, settings()), process(place, settings()));
    (0..4).for_each(|_| fail(one.breaker));
    agree(&[&one, &two]);
    succeed(two.breaker);
    agree(&[&two, &one]);
    assert_eq!((one.breaker.failure_count(), two.breaker.failure_count()), (0, 0));
    fail(one.breaker);
    agree(&[&one, &two]);
    assert_eq!(two.breaker.failure_count(), 1);
}

fn one_process_probes_and_all_recover(place: &impl Place) {
    let settings = settings().threshold(1).probe_timeout(TTL);
    let processes = [0; 4].map(|_| process(place, settings));
    fail(processes[0].breaker);
    let all: Vec<_> = processes.iter().collect();
    agree(&all);
    eventually("half-open", || all.iter().all(|of| of.breaker.state() == State::HalfOpen));
    let probe = loop {
        let mut permits = all.iter().filter_map(|of| of.breaker.try_acquire().ok());
        if let Some(permit) = permits.next() {
            assert!(permits.next().is_none(), "two probes");
            break permit;
        }
    };
    // Its lease is renewed while it goes on, longer than it would last.
    std::thread::sleep(ms(700));
    for of in &processes {
        let rejected = of.breaker.try_acquire().expect_err("a probe is out");
        assert_eq!(rejected.state(), State::HalfOpen);
        assert!(rejected.retry_after().is_some());
    }
    probe.success();
    eventually("closed", || all.iter().all(|of| of.breaker.state() == State::Closed));
}

fn a_probe_that_fails_opens_all_again_for_longer(place: &impl Place) {
    let settings = settings().threshold(1).max_ttl(TTL);
    let (one, two) = (process(place, settings), process(place, settings));
    one.breaker.open();
    agree(&[&one, &two]);
    eventually("half-open", || one.breaker.state() == State::HalfOpen);
    probe(&one).failure(&"down");
    agree(&[&one, &two]);
    for of in [&one, &two] {
        let trip = of.breaker.last_trip().unwrap();
        assert_eq!((trip.rule, trip.open_for), (Rule::ProbeFailed, ms(400)));
        assert_eq!(trip.last_failures, ["down"]);
    }
}

fn a_dependency_that_is_away_for_so_long_is_left_alone_by_all(place: &impl Place) {
    let (one, two) = (process(place, settings()), process(place, settings()));
    one.breaker.try_acquire().unwrap().unavailable(&"busy", TTL);
    agree(&[&one, &two]);
    let trips = [&one, &two].map(|of| of.breaker.last_trip().unwrap());
    assert!(trips.iter().all(|trip| trip.rule == Rule::RetryAfter && trip.measured == 1));
    assert!(trips.iter().all(|trip| trip.last_failures == ["busy"]));
    let range = TTL - ms(20_000)..TTL + ms(10);
    assert!(range.contains(&trips[1].open_for), "{}", trips[1]);
    // Told late, or without its storage: for as long as the others.
    let three = process(place, settings());
    place.go_away();
    for of in [&one, &two, &three] {
        eventually("local", || of.breaker.sharing() == Sharing::Local);
        let left = of.breaker.retry_after().unwrap();
        assert!(of.breaker.state() == State::Open && range.contains(&left), "{left:?}");
    }
    place.come_back();
}

fn a_probe_that_is_told_for_how_long_opens_all_for_so_long(place: &impl Place) {
    let (one, two) = (process(place, settings()), process(place, settings()));
    one.breaker.half_open();
    agree(&[&one, &two]);
    probe(&one).unavailable(&"busy", TTL);
    agree(&[&one, &two]);
    for of in [&one, &two] {
        let trip = of.breaker.last_trip().unwrap();
        assert_eq!((trip.rule, trip.open_for), (Rule::RetryAfter, TTL));
        assert_eq!((trip.from, &*trip.last_failures), (State::HalfOpen, &["busy".to_owned()][..]));
        assert!(of.breaker.retry_after().unwrap() > TTL - ms(20_000));
    }
}

fn as_many_probes_succeed_as_are_asked_for_wherever_they_are_made(place: &impl Place) {
    let settings = settings().threshold(1).success_threshold(3);
    let (one, two) = (process(place, settings), process(place, settings));
    one.breaker.half_open();
    agree(&[&one, &two]);
    for (successes, of) in [&one, &two, &one].into_iter().enumerate() {
        assert_eq!(one.breaker.state(), State::HalfOpen, "after {successes}");
        probe(of).success();
        agree(&[&one, &two]);
    }
    agree(&[&one, &two]);
    assert_eq!((one.breaker.state(), two.breaker.state()), (State::Closed, State::Closed));
}

fn what_is_done_by_hand_is_done_everywhere(place: &impl Place) {
    let (one, two) = (process(place, settings()), process(place, settings()));
    one.breaker.open();
    agree(&[&one, &two]);
    assert_eq!(two.breaker.last_trip().unwrap().rule, Rule::ByHand);
    two.breaker.close();
    agree(&[&two, &one]);
    assert_eq!(one.breaker.state(), State::Closed);

    one.breaker.set_mode(Mode::Shadow);
    one.breaker.set_threshold(7).unwrap();
    agree(&[&one, &two]);
    eventually("mode", || two.breaker.mode() == Mode::Shadow);
    eventually("settings", || two.breaker.settings().get_threshold() == 7);
    two.breaker.reset_settings();
    agree(&[&two, &one]);
    eventually("settings", || one.breaker.settings().get_threshold() == 5);
    let told = two.was_told();
    assert!(told.contains("mode normal to shadow"), "{told}");
    assert!(told.contains("threshold = 7 (was 5)"), "{told}");
}

fn what_is_done_by_hand_before_the_fleet_was_heard_holds(place: &impl Place) {
    let one = process(place, settings().ttl(TTL));
    one.breaker.open();
    agree(&[&one]);
    let _isolation = isolate_in_real_time();
    let breaker = registry().get_or_register("db", settings());
    configure().storage(place.storage()).install().unwrap();
    breaker.close(); // as a tool does that is run for this alone
    breaker.sync().wait().unwrap();
    agree(&[&one]);
    assert_eq!((breaker.state(), one.breaker.state()), (State::Closed, State::Closed));
}

fn a_newcomer_that_trips_where_the_storage_has_forgotten_is_believed(place: &impl Place) {
    let settings = settings().ttl(TTL).threshold(2);
    let old = process(place, settings);
    old.breaker.open();
    old.breaker.close();
    agree(&[&old]);
    place.forget();
    let new = process(place, settings);
    fail(new.breaker);
    agree(&[&new, &old, &new]);
    fail(new.breaker);
    fail(new.breaker);
    agree(&[&new, &old, &new, &old]);
    assert_eq!((new.breaker.state(), old.breaker.state()), (State::Open, State::Open));
}

fn who_comes_later_takes_over_what_there_is(place: &impl Place) {
    let one = process(place, settings().ttl(TTL));
    one.breaker.open();
    one.breaker.set_mode(Mode::Shadow);
    one.breaker.set_threshold(3).unwrap();
    agree(&[&one]);
    let two = process(place, settings().ttl(TTL));
    assert_eq!(two.breaker.state(), State::Open);
    eventually("mode", || two.breaker.mode() == Mode::Shadow);
    eventually("settings", || two.breaker.settings().get_threshold() == 3);
}

fn a_breaker_that_was_used_before_keeps_what_it_knows(place: &impl Place) {
    let first = process(place, settings().ttl(TTL));
    let failed = process_with(Fleet::over(place.storage()), settings(), |breaker| {
        (0..3).for_each(|_| fail(breaker));
    });
    assert_eq!(failed.breaker.failure_count(), 3);
    agree(&[&first]);
    assert_eq!(first.breaker.failure_count(), 3, "told when it joined");
    let settings = settings().ttl(TTL);
    let open = process_with(Fleet::over(place.storage()), settings, |breaker| {
        breaker.open();
        breaker.set_threshold(9).unwrap();
    });
    agree(&[&open, &first]);
    assert_eq!((open.breaker.state(), first.breaker.state()), (State::Open, State::Open));
    eventually("settings", || first.breaker.settings().get_threshold() == 9);
}

fn without_its_storage_a_breaker_goes_on_by_itself_and_says_so_once(place: &impl Place) {
    let settings = settings().ttl(ms(1_500));
    let (one, two) = (process(place, settings), process(place, settings));
    assert_eq!(one.breaker.sharing(), Sharing::Shared);
    place.go_away();
    eventually("local", || one.breaker.snapshot().sharing == Sharing::Local);
    eventually("local", || two.breaker.snapshot().sharing == Sharing::Local);
    (0..5).for_each(|_| fail(one.breaker));
    assert_eq!(one.breaker.state(), State::Open, "it trips by itself");
    eventually("half-open", || one.breaker.state() == State::HalfOpen);
    fail(one.breaker); // a probe of its own
    assert_eq!(two.breaker.state(), State::Closed);
    assert!(one.breaker.sync().wait().is_err());

    place.come_back();
    eventually("shared", || one.breaker.sharing() == Sharing::Shared);
    eventually("told", || two.breaker.state() != State::Closed);
    eventually("told once", || one.was_told().matches("is shared").count() == 2);
    let told = one.was_told();
    assert_eq!(told.matches("is local: ").count(), 1, "{told}");
}

fn a_storage_that_forgets_is_told_again(place: &impl Place) {
    let one = process(place, settings().ttl(TTL));
    one.breaker.open();
    one.breaker.set_mode(Mode::Shadow);
    agree(&[&one]);
    place.forget();
    agree(&[&one]);
    let two = process(place, settings().ttl(TTL));
    assert_eq!(two.breaker.state(), State::Open);
    eventually("mode", || two.breaker.mode() == Mode::Shadow);
    let told = one.was_told();
    assert!(told.contains("the storage has lost what it knew; it is told again"), "{told}");
}

fn only_those_that_are_named_are_shared(place: &impl Place) {
    let fleet = Fleet::over(place.storage()).only(["another"]);
    let alone = process_with(fleet, settings(), |_| ());
    assert_eq!(alone.breaker.sharing(), Sharing::Alone);
    assert_eq!(alone.breaker.snapshot().sharing, Sharing::Alone);
}

fn the_share_of_failures_is_judged_by_the_calls_of_all(place: &impl Place) {
    let window = settings().ttl(TTL).window(ms(60_000)).failure_rate(0.5);
    let (sick, well) = (process(place, window), process(place, window));
    (0..95).for_each(|_| succeed(well.breaker));
    (0..20).for_each(|_| fail(sick.breaker));
    agree(&[&sick, &well]);
    std::thread::sleep(ms(400)); // all have been asked, and it was looked at
    assert_eq!((sick.breaker.state(), well.breaker.state()), (State::Closed, State::Closed));
    (0..75).for_each(|_| fail(sick.breaker));
    eventually("tripped", || well.breaker.state() == State::Open);
    let trip = well.breaker.last_trip().unwrap();
    assert_eq!((trip.rule, trip.measured, trip.calls), (Rule::FailureRate, 95, Some(190)));
    assert_eq!(trip.failure_rate, Some(0.5));
}

fn failures_in_a_window_are_added_up(place: &impl Place) {
    let window = settings().ttl(TTL).window(ms(60_000));
    let (one, two) = (process(place, window), process(place, window));
    (0..4).for_each(|_| fail(one.breaker));
    succeed(one.breaker);
    agree(&[&one]);
    assert_eq!(two.breaker.state(), State::Closed);
    // It has not heard of those.
    fail(two.breaker);
    agree(&[&two, &one]);
    assert_eq!((one.breaker.state(), two.breaker.state()), (State::Open, State::Open));
    let trip = one.breaker.last_trip().unwrap();
    assert_eq!((trip.rule, trip.measured, trip.calls), (Rule::FailuresInWindow, 5, None));
    assert_eq!(trip.last_failures, ["down"; 5]);
}

fn a_slow_call_is_a_failure_for_all(place: &impl Place) {
    let slow = settings().ttl(TTL).threshold(1).slow_call(ms(1));
    let (one, two) = (process(place, slow), process(place, slow));
    let permit = one.breaker.try_acquire().unwrap();
    std::thread::sleep(ms(20));
    permit.success();
    agree(&[&one, &two]);
    assert_eq!(two.breaker.state(), State::Open);
}

#[test]
fn what_is_not_ours_under_a_breakers_key_is_left_alone_and_said_once() {
    let place = InRedis::new();
    place.0.command(&["LPUSH", "circuit:{db}", "somebody else's"]);
    let fleet = || Fleet::over(place.storage()).poll(ms(100));
    let _isolation = isolate_in_real_time();
    let breaker = registry().get_or_register("db", settings());
    let told = Arc::<Mutex<Vec<String>>>::default();
    let log = Arc::clone(&told);
    let listener = on_change(move |event| log.lock().unwrap().push(event.to_string()));
    configure().fleet(fleet()).listener(listener).install().unwrap();
    let was_told =
        |what: &str| told.lock().unwrap().iter().filter(|told| told.contains(what)).count();
    eventually("told", || was_told("a list lies there") == 1);
    assert_eq!(breaker.sharing(), Sharing::Local);
    (0..5).for_each(|_| fail(breaker));
    assert_eq!(breaker.state(), State::Open, "it trips by itself");
    std::thread::sleep(ms(400)); // it is looked at again
    assert_eq!(was_told("a list lies there"), 1);
    assert_eq!(place.0.command(&["LLEN", "circuit:{db}"]).trim(), "1");

    place.0.command(&["DEL", "circuit:{db}"]);
    eventually("shared", || breaker.sharing() == Sharing::Shared);
    eventually("told", || was_told("is shared for circuit breaker \"db\"") == 1);
    let other = process_with(fleet(), settings(), |_| ());
    assert_ne!(other.breaker.state(), State::Closed, "told what it had found out");
}

#[tokio::test]
async fn a_fleet_in_a_task_is_awaited() {
    let place = InRedis::new();
    let _isolation = isolate_by(&ManualClock::new());
    let storage = RedisStorage::connect(place.0.address()).await.unwrap();
    assert!(storage.flush().await.is_ok(), "not installed yet");
    configure().storage(storage.clone()).install().unwrap();
    let breaker = registry().get_or_register("db", settings());
    breaker.sync().await.unwrap();
    assert_eq!(breaker.sharing(), Sharing::Shared);
    let failed = breaker.call_async(async { Err::<(), _>("down") });
    assert!(failed.await.is_err());
    storage.flush().await.unwrap();
    let record = place.0.command(&["HGET", "circuit:{db}", "fa"]);
    assert!(record.contains('1'), "{record}");
}

#[test]
fn a_server_that_is_not_there_yet_is_found_when_it_is() {
    let mut place = InRedis::new();
    let storage = place.storage();
    place.0.kill();
    let _isolation = isolate_in_real_time();
    configure().storage(storage).install().unwrap();
    let breaker = registry().get_or_register("db", settings());
    assert!(breaker.sync().wait().is_err());
    succeed(breaker);
    place.0.restart_empty();
    eventually("shared", || breaker.sharing() == Sharing::Shared);
}

/// Each promise, of each storage.
macro_rules! promises {
    ($($promise:ident)*) => {
        mod in_memory {
            $(#[test] fn $promise() { super::$promise(&<super::InMemory as super::Place>::new()); })*
        }
        mod in_redis {
            $(#[test] fn $promise() { super::$promise(&<super::InRedis as super::Place>::new()); })*
        }
    };
}

promises! {
    the_fleets_fifth_failure_trips_all
    a_success_anywhere_ends_the_run_of_failures_everywhere
    one_process_probes_and_all_recover
    a_probe_that_fails_opens_all_again_for_longer
    a_dependency_that_is_away_for_so_long_is_left_alone_by_all
    a_probe_that_is_told_for_how_long_opens_all_for_so_long
    as_many_probes_succeed_as_are_asked_for_wherever_they_are_made
    what_is_done_by_hand_is_done_everywhere
    what_is_done_by_hand_before_the_fleet_was_heard_holds
    a_newcomer_that_trips_where_the_storage_has_forgotten_is_believed
    who_comes_later_takes_over_what_there_is
    a_breaker_that_was_used_before_keeps_what_it_knows
    without_its_storage_a_breaker_goes_on_by_itself_and_says_so_once
    a_storage_that_forgets_is_told_again
    only_those_that_are_named_are_shared
    the_share_of_failures_is_judged_by_the_calls_of_all
    failures_in_a_window_are_added_up
    a_slow_call_is_a_failure_for_all
}
