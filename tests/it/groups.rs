//! Groups: configured as other breakers are, bounded, and what may be forgotten of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use circuit_runtime::storage::{
    BoxFuture, Fleet, MemoryStorage, Pushes, Reply, Request, Session, Storage, StorageError,
};
use circuit_runtime::test_util::{isolate, record_all};
use circuit_runtime::{
    BreakerHandle, CircuitBreaker, EventKind, Group, GroupSettings, Listener, Mode, Settings,
    Sharing, State, StateChange, breaker, configure, registry,
};

use integration_tests::isolate_in_real_time;
use tokio::sync::Semaphore;

use crate::support::{TTL, calls, fail, ms, succeed, without_deadlock};

const NEW: Settings = Settings::new();

fn group(at_most: usize) -> &'static Group {
    let each = NEW.threshold(2).ttl(TTL);
    registry().group("hosts", GroupSettings::new().each(each).at_most(at_most))
}

fn keys(group: &Group) -> Vec<String> {
    let mut keys: Vec<_> = group.members().into_iter().map(|(key, _)| String::from(key)).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn a_member_has_what_is_given_to_it_over_what_is_given_to_its_group_over_the_defaults() {
    let _test = isolate();
    let given = GroupSettings::new().each(NEW.threshold(3).probes(2)).of("own", NEW.threshold(4));
    let hosts = registry().group("hosts", given);
    let of = |key: &str| {
        let settings = hosts.breaker(key).settings();
        (settings.get_threshold(), settings.get_probes(), settings.get_ttl())
    };
    let early = hosts.breaker("early");
    configure()
        .default_ttl(ms(900))
        .settings("hosts", NEW.probes(5))
        .settings("hosts/named", NEW.probes(6).threshold(7))
        .install()
        .unwrap();
    assert_eq!(of("plain"), (3, 5, ms(900)));
    assert_eq!(of("own"), (4, 5, ms(900)));
    assert_eq!(of("named"), (7, 6, ms(900)));
    assert_eq!(early.settings(), hosts.breaker("plain").settings(), "whenever it was made");
    registry().replace_overrides([("hosts", NEW.probes(8))]).unwrap();
    assert_eq!((of("plain"), of("named")), ((3, 8, ms(900)), (3, 8, ms(900))));
}

#[test]
fn a_member_has_the_listeners_exclusions_and_modes_that_all_have() {
    let _test = isolate();
    let hosts = group(4);
    let before = hosts.breaker("before");
    configure()
        .exclude::<std::num::ParseIntError>()
        .mode("hosts", Mode::Shadow)
        .mode("hosts/odd", Mode::Disabled)
        .install()
        .unwrap();
    let recorder = record_all();
    let after = hosts.breaker("after");
    for host in [&before, &after] {
        assert_eq!(host.mode(), Mode::Shadow);
        let parsed = host.call(|| "x".parse::<u8>());
        assert!(parsed.is_err());
        assert_eq!(calls(host), [0, 0, 1, 0, 0, 0]);
    }
    assert_eq!(hosts.breaker("odd").mode(), Mode::Disabled);
    let registered =
        recorder.take().into_iter().filter(|event| matches!(event.kind, EventKind::Registered));
    let names: Vec<_> = registered.map(|event| event.breaker.to_string()).collect();
    assert_eq!(names, ["hosts/after", "hosts/odd"]);
}

#[test]
fn a_configuration_may_name_members_that_are_not_there_yet_and_no_groups() {
    let _test = isolate();
    group(4);
    let configured = configure().settings("hosts/later", NEW.threshold(9));
    let wrong = configured.settings("host/later", NEW.threshold(9)).install().unwrap_err();
    let problems: Vec<_> = wrong.problems().iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].contains(r#""host/later""#), "{problems:?}");
}

#[test]
fn a_group_may_be_made_by_the_configuration_that_names_it() {
    let _test = isolate();
    configure()
        .group("hosts", GroupSettings::new().each(NEW.threshold(7)).at_most(3))
        .settings("hosts", NEW.probes(2))
        .mode("hosts/a", Mode::ForcedOpen)
        .install()
        .unwrap();
    let hosts = registry().group("hosts", GroupSettings::new());
    let settings = hosts.breaker("a").settings();
    assert_eq!((settings.get_threshold(), settings.get_probes(), hosts.at_most()), (7, 2, 3));
    assert_eq!(hosts.breaker("a").mode(), Mode::ForcedOpen);
}

#[test]
fn what_contradicts_a_member_is_found_at_install_and_when_a_group_is_made() {
    let _test = isolate();
    let hosts = group(4);
    drop(hosts.breaker("a"));
    let contradicted = configure().settings("hosts", NEW.max_ttl(ms(1))).install().unwrap_err();
    assert!(contradicted.to_string().contains(r#""hosts/a": `max_ttl` = 1ms"#), "{contradicted}");
    let out_of_range = GroupSettings::new().of("a", NEW.threshold(0));
    let error = registry().try_group("others", out_of_range).unwrap_err();
    assert_eq!((error.breaker(), error.key()), ("others/a", "threshold"));
    let error = registry().try_group("", GroupSettings::new()).unwrap_err();
    assert_eq!(error.key(), "name");
    let none = configure().group("line\nbreak", GroupSettings::new()).install().unwrap_err();
    assert!(none.to_string().contains(r#""line\nbreak""#), "{none}");
}

#[test]
fn a_group_is_made_once_and_no_breaker_is_one() {
    let _test = isolate();
    let first = group(4);
    assert!(std::ptr::eq(first, registry().group("hosts", GroupSettings::new().at_most(9))));
    assert_eq!(first.at_most(), 4);
    registry().get_or_register("taken", NEW);
    let error = registry().try_group("taken", GroupSettings::new()).unwrap_err();
    assert!(error.to_string().contains("a breaker has this name"), "{error}");
    let error = registry().try_get_or_register("hosts", NEW).unwrap_err();
    assert!(error.to_string().contains("a group has this name"), "{error}");
    for name in ["hosts/of", "hosts/of/others"] {
        let error = registry().try_group(name, GroupSettings::new()).unwrap_err();
        let why = r#"the group "hosts" could have members of the same name"#;
        assert!(error.to_string().contains(why), "{error}");
    }
    registry().verify().unwrap();
    registry().group("hosts", GroupSettings::new().each(NEW.threshold(9)));
    let problems = registry().verify().unwrap_err().to_string();
    assert!(problems.contains("`threshold` = 2, and registered again with 9"), "{problems}");
}

#[test]
fn one_that_is_registered_takes_the_place_of_the_member_of_its_name() {
    let _test = isolate();
    let hosts = group(4);
    drop(hosts.breaker("a"));
    let registered = registry().get_or_register("hosts/a", NEW.threshold(7));
    assert!(std::ptr::eq(hosts.breaker("a").registered().unwrap(), registered));
    let all = registry().breakers();
    assert_eq!(all.iter().filter(|breaker| breaker.name() == "hosts/a").count(), 1);
}

#[test]
fn settings_of_a_member_to_come_are_checked_when_they_are_given() {
    let _test = isolate();
    group(4);
    let configured = configure()
        .settings("hosts/range", NEW.threshold(0))
        .settings("hosts/contradicted", NEW.max_ttl(ms(1)));
    let problems = configured.install().unwrap_err().to_string();
    assert!(problems.contains(r#""hosts/range": `threshold` = 0"#), "{problems}");
    assert!(problems.contains(r#""hosts/contradicted": `max_ttl` = 1ms"#), "{problems}");
}

#[test]
fn the_overflow_rejects_only_where_the_whole_group_is_to_be_rejected() {
    for (mode, expected) in [(Mode::Normal, Mode::Shadow), (Mode::ForcedOpen, Mode::ForcedOpen)] {
        let _test = isolate();
        let hosts = group(1);
        configure().mode("hosts", mode).install().unwrap();
        assert_eq!(hosts.overflow().mode(), expected);
    }
}

#[test]
fn a_member_that_is_declared_is_the_declared_breaker() {
    let _test = isolate();
    let declared = breaker!("hosts/declared.example", threshold = 9);
    let member = group(4).breaker("declared.example");
    assert!(std::ptr::eq(member.registered().unwrap(), declared));
    assert_eq!(keys(group(4)), Vec::<String>::new());
}

#[test]
fn the_one_asked_for_least_lately_is_forgotten() {
    let _test = isolate();
    let hosts = group(3);
    for key in ["a", "b", "c", "a", "d"] {
        succeed(&hosts.breaker(key));
    }
    assert_eq!(keys(hosts), ["a", "c", "d"]);
    drop(hosts.get("c"));
    drop(hosts.breaker("e"));
    assert_eq!(keys(hosts), ["a", "d", "e"], "a look at it is no use of it");
}

#[test]
fn one_that_is_open_is_never_forgotten_and_one_whose_time_is_over_last() {
    let test = isolate();
    let hosts = group(3);
    let trip = |key: &str| {
        let breaker = hosts.breaker(key);
        (breaker.failure_count()..2).for_each(|_| fail(&breaker));
    };
    trip("open");
    fail(&hosts.breaker("failing"));
    for key in ["a", "b", "c"] {
        succeed(&hosts.breaker(key));
    }
    assert_eq!(keys(hosts), ["b", "c", "open"], "a failure long ago keeps nobody");
    assert_eq!(hosts.get("open").unwrap().state(), State::Open);
    test.advance(TTL);
    drop(hosts.breaker("d"));
    assert_eq!(keys(hosts), ["c", "d", "open"], "it is open still, as far as anybody knows");
    trip("c");
    trip("d");
    drop(hosts.breaker("e"));
    assert_eq!(keys(hosts), ["c", "d", "e"], "until nothing else is left");
}

#[test]
fn where_many_are_idle_many_are_forgotten_at_a_time() {
    let _test = isolate();
    let hosts = group(64);
    for key in 0..65 {
        succeed(&hosts.breaker(&key.to_string()));
    }
    assert_eq!(hosts.len(), 64 - 64 / 16 + 1);
    assert!((0..4).all(|key| hosts.get(&key.to_string()).is_none()));
}

#[test]
fn one_that_is_used_or_was_set_by_hand_is_not_forgotten() {
    let _test = isolate();
    let hosts = group(4);
    let used = hosts.breaker("used").try_acquire_owned().unwrap();
    hosts.breaker("mode").set_mode(Mode::ForcedOpen);
    hosts.breaker("settings").set_threshold(9).unwrap();
    for key in ["a", "b", "c"] {
        drop(hosts.breaker(key));
    }
    assert_eq!(keys(hosts), ["c", "mode", "settings", "used"]);
    used.success();
    drop(hosts.breaker("d"));
    assert_eq!(keys(hosts), ["c", "d", "mode", "settings"]);
}

#[test]
fn where_nothing_can_be_forgotten_calls_are_let_through_and_counted() {
    let test = isolate();
    let hosts = group(2);
    for key in ["a", "b"] {
        (0..2).for_each(|_| fail(&hosts.breaker(key)));
    }
    for _ in 0..5 {
        let more = hosts.breaker("more");
        assert!(std::ptr::eq(more.registered().unwrap(), hosts.overflow()));
        fail(&more);
    }
    assert_eq!(keys(hosts), ["a", "b"]);
    assert_eq!(calls(hosts.overflow()), [0, 5, 0, 0, 0, 0], "never rejected");
    test.advance(TTL);
    succeed(&hosts.breaker("a"));
    assert_eq!(hosts.breaker("more").name(), "hosts/more", "there is room again");
}

#[test]
fn keys_that_make_no_name_share_the_overflow() {
    let _test = isolate();
    let long = "x".repeat(300);
    for key in [long.as_str(), "line\nbreak"] {
        assert_eq!(group(2).breaker(key).name(), "hosts");
    }
    assert!(group(2).is_empty());
    let full = registry().group("full", GroupSettings::new().at_most(1));
    drop(full.breaker("a"));
    assert_eq!(full.breaker(&long).name(), "full");
    assert_eq!(keys(full), ["a"], "nothing is forgotten for what is not made");
}

/// Asks the registry for whatever it can, from inside of every event.
struct Curious;

impl Listener for Curious {
    fn registered(&self, breaker: &CircuitBreaker) {
        if breaker.name() == "first" {
            registry().group("second", GroupSettings::new());
        }
        let hosts = registry().group("hosts", GroupSettings::new());
        assert!(hosts.len() <= hosts.at_most());
        assert!(registry().breakers().len() >= hosts.members().len());
    }

    fn state_change(&self, breaker: &CircuitBreaker, _: &StateChange) {
        let hosts = registry().group("hosts", GroupSettings::new());
        drop(hosts.breaker(&format!("because of {}", breaker.name())));
    }
}

#[test]
fn threads_and_listeners_may_ask_for_whatever_they_like_at_the_same_time() {
    without_deadlock(|| {
        let test = isolate();
        let hosts = group(8);
        registry().add_listener(Curious);
        registry().group("first", GroupSettings::new());
        std::thread::scope(|scope| {
            for thread in 0..4_u32 {
                let handle = test.handle();
                scope.spawn(move || {
                    handle.run(|| {
                        for call in 0..500 {
                            let host = hosts.breaker(&format!("{}", (call * (thread + 1)) % 40));
                            match host.try_acquire_owned() {
                                Ok(permit) if call % 3 == 0 => permit.failure(&"down"),
                                Ok(permit) => permit.success(),
                                Err(_) => host.close(),
                            }
                            assert!(hosts.len() <= 8);
                            if call % 100 == 0 {
                                registry().replace_overrides([("hosts", NEW.probes(2))]).unwrap();
                                drop(registry().snapshots());
                            }
                        }
                    });
                });
            }
        });
    });
}

#[test]
fn members_are_among_the_snapshots_as_long_as_they_are_there() {
    let _test = isolate();
    let hosts = group(1);
    let are_there = || {
        let all = registry().snapshots();
        ["hosts", "hosts/a", "hosts/b"].map(|name| all.iter().any(|of| &*of.name == name))
    };
    drop(hosts.breaker("a"));
    assert_eq!(are_there(), [true, true, false]);
    drop(hosts.breaker("b"));
    assert_eq!(are_there(), [true, false, true]);
}

#[test]
fn a_listener_that_is_removed_is_removed_from_members() {
    let _test = isolate();
    let member = group(2).breaker("a");
    let recorder = record_all();
    succeed(&member);
    assert_eq!(recorder.take().len(), 2);
    drop(recorder);
    succeed(&member);
    let recorder = record_all();
    assert!(recorder.take().is_empty());
}

/// The member, once there is room for it: the fleet's thread, too, uses a breaker for a moment.
fn made(hosts: &Group, key: &str) -> BreakerHandle {
    loop {
        let breaker = hosts.breaker(key);
        if breaker.name() != hosts.name() {
            return breaker;
        }
        std::thread::yield_now();
    }
}

/// A process with this storage: the member of its group.
fn process(storage: &MemoryStorage) -> BreakerHandle {
    let _isolation = isolate_in_real_time();
    let hosts = registry().group("hosts", GroupSettings::new().each(NEW.threshold(2)).at_most(1));
    configure().fleet(Fleet::over(storage.clone()).only(["hosts"])).install().unwrap();
    let member = hosts.breaker("example.com");
    member.sync().wait().unwrap();
    assert_eq!(member.sharing(), Sharing::Shared);
    member
}

#[test]
fn members_share_their_state_with_other_processes() {
    let storage = MemoryStorage::new();
    let [one, two] = [(); 2].map(|()| process(&storage));
    fail(&one);
    one.sync().wait().unwrap();
    two.sync().wait().unwrap();
    fail(&two);
    for of in [&two, &one] {
        of.sync().wait().unwrap();
        assert_eq!(of.state(), State::Open);
    }
}

#[test]
fn one_that_was_forgotten_comes_back_to_the_state_that_all_share() {
    let storage = MemoryStorage::new();
    let other = process(&storage);
    let _isolation = isolate_in_real_time();
    let hosts = registry().group("hosts", GroupSettings::new().each(NEW.threshold(2)).at_most(1));
    configure().storage(storage).install().unwrap();
    hosts.breaker("example.com").sync().wait().unwrap();
    drop(made(hosts, "another.example"));
    assert_eq!(keys(hosts), ["another.example"]);
    other.open();
    other.sync().wait().unwrap();
    let again = made(hosts, "example.com");
    again.sync().wait().unwrap();
    assert_eq!(again.state(), State::Open);
}

/// A storage that answers nothing until it may.
struct Gated {
    storage: MemoryStorage,
    gate: Arc<Semaphore>,
    asked: Arc<AtomicUsize>,
}

struct GatedSession {
    session: Arc<dyn Session>,
    gate: Arc<Semaphore>,
    asked: Arc<AtomicUsize>,
}

impl Storage for Gated {
    fn address(&self) -> String {
        "gated".to_owned()
    }

    fn connect(&self, pushes: Pushes) -> BoxFuture<Result<Arc<dyn Session>, StorageError>> {
        let connecting = self.storage.connect(pushes);
        let (gate, asked) = (Arc::clone(&self.gate), Arc::clone(&self.asked));
        Box::pin(async move {
            let session = connecting.await?;
            Ok(Arc::new(GatedSession { session, gate, asked }) as Arc<dyn Session>)
        })
    }
}

impl Session for GatedSession {
    fn exchange(&self, breaker: &str, request: Request) -> BoxFuture<Result<Reply, StorageError>> {
        let exchanging = self.session.exchange(breaker, request);
        let gate = Arc::clone(&self.gate);
        self.asked.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            drop(gate.acquire().await);
            exchanging.await
        })
    }

    fn ping(&self) -> BoxFuture<Result<(), StorageError>> {
        self.session.ping()
    }
}

#[test]
fn one_that_is_made_again_while_its_forerunner_waits_for_its_turn_is_heard() {
    without_deadlock(|| {
        let _isolation = isolate_in_real_time();
        let (gate, asked) = (Arc::new(Semaphore::new(0)), Arc::<AtomicUsize>::default());
        let storage = MemoryStorage::new();
        let gated = Gated { storage, gate: Arc::clone(&gate), asked: Arc::clone(&asked) };
        // As many as may be on their way at a time, all of which wait.
        for number in 0..64 {
            registry().get_or_register(&format!("busy {number}"), NEW);
        }
        configure().fleet(Fleet::over(gated).timeout(ms(10_000))).install().unwrap();
        while asked.load(Ordering::Relaxed) < 64 {
            std::thread::yield_now();
        }
        let hosts = group(1);
        drop(hosts.breaker("a"));
        // Until the fleet's thread has most probably put it into the queue.
        std::thread::sleep(ms(50));
        drop(made(hosts, "b"));
        let again = made(hosts, "a");
        gate.add_permits(Semaphore::MAX_PERMITS);
        again.sync().wait().unwrap();
        assert_eq!(again.sharing(), Sharing::Shared);
    });
}
