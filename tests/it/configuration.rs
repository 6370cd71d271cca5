//! `configure()`: what holds over what, everything wrong reported at once, and overrides that are replaced while calls go on.

use std::collections::BTreeMap;
use std::time::Duration;

use circuit_runtime::test_util::{isolate, record_all};
use circuit_runtime::{
    Listener, Mode, Problem, RegistryError, Settings, breaker, circuit_breaker, configure,
    on_event, registry,
};

use crate::support::{Answer, Fault, TTL, down, fail, ms, succeed, without_deadlock};

const NEW: Settings = Settings::new();

#[circuit_breaker(name = "configured/source", threshold = 4, exclude = [])]
fn guarded(outcome: Answer) -> Answer {
    outcome
}

#[circuit_breaker(name = "configured/plain", exclude = [])]
fn plain(outcome: Answer) -> Answer {
    outcome
}

#[circuit_breaker(name = "configured/windowed", window = 60, failure_rate = 0.5, exclude = [])]
fn windowed(outcome: Answer) -> Answer {
    outcome
}

fn messages(error: &RegistryError) -> Vec<String> {
    error.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn by_name_beats_the_source_which_beats_the_defaults_and_live_beats_all() {
    let test = isolate();
    let source = breaker!("configured/source");
    configure()
        .default_threshold(9)
        .default_ttl(ms(900))
        .settings("configured/source", NEW.probes(2))
        .settings("configured/plain", NEW.threshold(7))
        .install()
        .unwrap();
    let of =
        |settings: Settings| (settings.get_threshold(), settings.get_ttl(), settings.get_probes());
    assert_eq!(of(source.settings()), (4, ms(900), 2));
    let plain = breaker!("configured/plain");
    assert_eq!(of(plain.settings()), (7, ms(900), 1));
    plain.set_threshold(1).unwrap();
    assert_eq!(of(plain.settings()), (1, ms(900), 1));
    plain.reset_settings();
    assert_eq!(of(plain.settings()), (7, ms(900), 1));
    let dynamic = registry().get_or_register("configured/dynamic", NEW.probes(3));
    assert_eq!(of(dynamic.settings()), (9, ms(900), 3));
    drop(test);
    assert_eq!(of(breaker!("configured/source").settings()), (4, TTL, 1), "the program's own");
}

#[test]
fn a_breaker_used_before_the_configuration_has_it_from_then_on_and_keeps_its_count() {
    let _test = isolate();
    (0..3).for_each(|_| drop(guarded(down(1))));
    let id = breaker!("configured/source").add_listener(on_event(|_| {}));
    configure().settings("configured/source", NEW.threshold(5)).install().unwrap();
    breaker!("configured/source").remove_listener(id);
    assert_eq!(breaker!("configured/source").failure_count(), 3);
    guarded(down(1)).unwrap_err();
    assert!(breaker!("configured/source").last_trip().is_none());
    guarded(down(1)).unwrap_err();
    assert_eq!(breaker!("configured/source").last_trip().unwrap().measured, 5);
}

#[test]
fn settings_given_again_for_one_name_are_merged_key_by_key() {
    let _test = isolate();
    let file = [("configured/plain", NEW.threshold(2).probes(2))];
    let environment = BTreeMap::from([(String::from("configured/plain"), NEW.threshold(3))]);
    configure().overrides(file).overrides(environment).install().unwrap();
    let settings = breaker!("configured/plain").settings();
    assert_eq!((settings.get_threshold(), settings.get_probes()), (3, 2));
}

#[test]
fn excluded_errors_are_successes_of_every_breaker_now_and_later() {
    let _test = isolate();
    guarded(down(1)).unwrap_err();
    breaker!("configured/source").close();
    configure().exclude_if::<Fault>(|fault| matches!(fault, Fault::Down(404))).install().unwrap();
    for call in [guarded, windowed, plain] {
        call(down(404)).unwrap_err();
        call(down(500)).unwrap_err();
    }
    for name in ["configured/source", "configured/windowed", "configured/plain"] {
        let breaker = registry().get(name).unwrap();
        assert_eq!((breaker.failure_count(), breaker.snapshot().calls.excluded), (1, 1), "{name}");
    }
    breaker!("configured/plain").stop_excluding::<Fault>();
    plain(down(404)).unwrap_err();
    assert_eq!(breaker!("configured/plain").failure_count(), 2);
}

#[test]
fn excluded_types_are_found_inside_errors() {
    #[derive(Debug, thiserror::Error)]
    #[error("invalid")]
    struct Invalid;
    #[derive(Debug, thiserror::Error)]
    enum Outer {
        #[error("outer")]
        Invalid(#[source] Invalid),
        #[error(transparent)]
        Rejected(#[from] circuit_runtime::Rejected),
    }
    #[circuit_breaker(name = "configured/outer", threshold = 1)]
    fn outer() -> Result<(), Outer> {
        Err(Outer::Invalid(Invalid))
    }
    let _test = isolate();
    configure().exclude::<Invalid>().install().unwrap();
    assert!(matches!(outer(), Err(Outer::Invalid(_))));
    assert!(matches!(outer(), Err(Outer::Invalid(_))), "it has not tripped");
}

#[test]
fn a_listener_hears_breakers_there_are_and_those_that_come_later() {
    let _test = isolate();
    let (sender, events) = std::sync::mpsc::channel();
    succeed(breaker!("configured/source"));
    configure().listener(on_event(move |event| sender.send(event).unwrap())).install().unwrap();
    succeed(breaker!("configured/source"));
    succeed(breaker!("configured/plain"));
    let told: Vec<_> =
        events.try_iter().map(|event| format!("{} {}", event.breaker, event.kind)).collect();
    let expected = ["source before_call", "source success", "plain registered"];
    assert_eq!(told[..3], expected.map(|line| format!("configured/{line}")));
    assert_eq!(told.len(), 5);
}

#[test]
fn listeners_of_the_registry_stay_when_a_configuration_comes() {
    let _test = isolate();
    let recorder = record_all();
    configure().default_threshold(1).install().unwrap();
    fail(breaker!("configured/plain"));
    assert_eq!(
        recorder.take_lines(),
        ["registered", "before_call", "failure: down", "closed to open"]
    );
}

#[test]
fn a_breaker_starts_in_the_mode_it_is_given() {
    let _test = isolate();
    succeed(breaker!("configured/source"));
    let recorder = record_all();
    configure()
        .mode("configured/source", Mode::Shadow)
        .mode("configured/plain", Mode::ForcedOpen)
        .install()
        .unwrap();
    assert_eq!(recorder.take_lines(), ["mode normal to shadow"]);
    assert_eq!(breaker!("configured/source").mode(), Mode::Shadow);
    assert!(matches!(plain(Ok(1)), Err(Fault::Refused(_))));
    assert_eq!(recorder.take_lines(), ["registered", "rejected"], "it never was in another mode");
}

#[test]
fn everything_wrong_is_reported_at_once_and_nothing_changes() {
    let _test = isolate();
    succeed(breaker!("configured/source"));
    breaker!("configured/plain").set_ttl(TTL * 2).unwrap();
    let error = configure()
        .settings("configured/sorce", NEW.threshold(1))
        .settings("configured/source", NEW.threshold(0))
        .settings("configured/windowed", NEW.without_window().failure_rate(0.5))
        .settings("configured/plain", NEW.max_ttl(TTL))
        .mode("nobody/knows/it", Mode::Shadow)
        .listener(on_event(|_| panic!("it was not installed")))
        .install()
        .unwrap_err();
    let messages = messages(&error);
    let of = |name: &str| {
        let of_name = format!("circuit breaker {name:?}");
        let found = messages.iter().find(|message| message.starts_with(&of_name));
        found.unwrap_or_else(|| panic!("{name} in {messages:#?}")).as_str()
    };
    assert!(of("configured/sorce").contains("neither declared anywhere nor registered"));
    assert!(of("configured/sorce").contains("did you mean \"configured/source\"?"));
    assert!(of("configured/source").contains("`threshold` = 0: must be at least 1"));
    assert!(
        of("configured/source")
            .contains("of declared (threshold = 4) and configured (threshold = 0)")
    );
    assert!(of("configured/source").contains(file!()), "where it is declared");
    assert!(of("configured/windowed").contains("needs a `window`"));
    assert!(of("configured/plain").contains("`max_ttl` = 60s"));
    assert!(
        of("configured/plain").contains("configured (max_ttl = 60s) and set live (ttl = 120s)")
    );
    assert!(of("nobody/knows/it").contains("declared are ["));
    assert_eq!(error.problems().len(), 5, "{messages:#?}");
    assert_eq!(format!("{error:?}"), error.to_string(), "what `unwrap` shows");

    succeed(breaker!("configured/source"));
    assert_eq!(breaker!("configured/source").settings(), NEW.threshold(4));
    assert_eq!(breaker!("configured/windowed").settings().get_window(), Some(TTL));
    configure().default_threshold(8).install().expect("one that fails is none");
    assert_eq!(breaker!("configured/plain").settings().get_threshold(), 8);
}

#[test]
fn defaults_out_of_range_are_one_problem_and_not_one_for_each_breaker() {
    let _test = isolate();
    let error = configure().default_ttl(Duration::ZERO).install().unwrap_err();
    assert_eq!(
        messages(&error),
        ["the defaults of all circuit breakers: `ttl` = 0ns: must be longer than zero"]
    );
}

#[test]
fn defaults_that_contradict_the_source_name_it() {
    let _test = isolate();
    let error = configure().defaults(NEW.minimum_calls(7)).install().unwrap_err();
    let of_windowed = |message: &String| message.contains("\"configured/windowed\"");
    assert!(!messages(&error).iter().any(of_windowed), "it has a window");
    assert!(messages(&error).iter().any(|message| message.contains("\"configured/plain\"")));
    assert!(error.problems().iter().all(|problem| matches!(problem, Problem::Configured { .. })));
}

#[test]
fn a_second_configuration_is_refused() {
    let _test = isolate();
    configure().default_threshold(2).install().unwrap();
    let error = configure().default_threshold(3).install().unwrap_err();
    assert!(matches!(error.problems(), [Problem::AlreadyInstalled]), "{error}");
    assert_eq!(breaker!("configured/plain").settings().get_threshold(), 2);
}

#[test]
fn a_name_registered_at_run_time_can_be_configured() {
    let _test = isolate();
    let host = registry().get_or_register("configured/host", NEW.threshold(3));
    configure()
        .default_ttl(ms(50))
        .settings("configured/host", NEW.threshold(6))
        .install()
        .unwrap();
    assert_eq!((host.settings().get_threshold(), host.settings().get_ttl()), (6, ms(50)));
    registry().get_or_register("configured/host", NEW.threshold(3).ttl(ms(50)));
    registry().verify().expect("it was registered so, and the default is this one");
    registry().get_or_register("configured/host", NEW.threshold(6));
    registry().verify().expect_err("it was registered with 3");
}

#[test]
fn replaced_overrides_hold_at_once_and_those_left_out_hold_no_more() {
    let test = isolate();
    configure()
        .default_ttl(ms(100))
        .overrides([("configured/source", NEW.threshold(2)), ("configured/plain", NEW.probes(3))])
        .install()
        .unwrap();
    guarded(down(1)).unwrap_err();
    breaker!("configured/plain").set_threshold(1).unwrap();
    plain(down(1)).unwrap_err();
    let recorder = record_all();
    let overrides = [("configured/source", NEW.threshold(3).ttl(ms(300)))];
    registry().replace_overrides(overrides).unwrap();

    let told = recorder.take_lines();
    assert_eq!(told[0], "probes = 1 (was 3)");
    assert!(told[1].starts_with("threshold = 3 (was 2), ttl = 300ms (was 100ms)"), "{told:?}");
    assert_eq!(told.len(), 2);
    assert_eq!(breaker!("configured/source").failure_count(), 1, "counts are kept");
    let (source, plain) = (breaker!("configured/source"), breaker!("configured/plain"));
    assert_eq!((source.settings().get_threshold(), source.settings().get_ttl()), (3, ms(300)));
    assert_eq!((plain.settings().get_threshold(), plain.settings().get_probes()), (1, 1));
    test.advance(ms(99));
    assert!(plain.try_acquire().is_err(), "still open");

    let wrong = [("configured/source", NEW.ttl(Duration::ZERO)), ("configured/plane", NEW)];
    let error = registry().replace_overrides(wrong).unwrap_err();
    assert_eq!(error.problems().len(), 2, "{error}");
    assert_eq!(source.settings().get_threshold(), 3, "nothing has changed");
    assert!(recorder.take_state_changes().is_empty());
}

#[test]
fn every_setting_out_of_range_is_a_problem_of_its_own_whatever_the_defaults_are() {
    let _test = isolate();
    let error = configure()
        .defaults(NEW.probes(0))
        .settings("configured/plain", NEW.threshold(0).jitter(2.0).max_ttl(Duration::ZERO))
        .settings("nobody", NEW.threshold(0))
        .install()
        .unwrap_err();
    let messages = messages(&error);
    for part in [
        "the defaults of all circuit breakers: `probes` = 0: must be at least 1",
        "\"configured/plain\": `threshold` = 0: ",
        "\"configured/plain\": `jitter` = 2.0: ",
        "\"configured/plain\": `max_ttl` = 0ns: ",
        "\"nobody\" is configured, but neither",
        "\"nobody\": `threshold` = 0: ",
    ] {
        assert!(messages.iter().any(|message| message.contains(part)), "{part} in {messages:#?}");
    }
    assert_eq!(messages.len(), 6, "{messages:#?}");
}

/// `reset_settings` could fail, when what was set live had made good what was configured below it.
#[test]
fn what_is_configured_has_to_be_in_order_without_what_is_set_live() {
    let _test = isolate();
    let plain = breaker!("configured/plain");
    plain.set_settings(NEW.max_ttl(TTL * 120)).unwrap();
    let error = configure()
        .settings("configured/plain", NEW.ttl(TTL * 60).max_ttl(TTL * 10))
        .install()
        .unwrap_err();
    assert!(error.to_string().contains("`max_ttl` = 600s"), "{error}");
    plain.reset_settings();
    assert_eq!(plain.settings(), NEW);
}

/// Defaults that were found good at the start made a name that came later panic.
#[test]
fn a_name_registered_at_run_time_does_without_defaults_that_contradict_it() {
    let _test = isolate();
    configure().default_ttl(TTL * 2).default_threshold(2).install().unwrap();
    let host = registry().get_or_register("configured/late", NEW.max_ttl(TTL));
    assert_eq!((host.settings().get_ttl(), host.settings().get_threshold()), (TTL, 5));
    let error = registry().verify().unwrap_err();
    assert!(error.to_string().contains("\"configured/late\": `max_ttl` = 60s"), "{error}");
    registry().replace_overrides([("configured/late", NEW.threshold(3))]).unwrap();
    assert_eq!(host.settings().get_threshold(), 3);
    let other = registry().get_or_register("configured/other", NEW);
    assert_eq!((other.settings().get_ttl(), other.settings().get_threshold()), (TTL * 2, 2));
}

/// What `replace_overrides` had given was lost when the configuration came later.
#[test]
fn overrides_from_before_the_configuration_stay_under_it() {
    let _test = isolate();
    let overrides = [("configured/plain", NEW.threshold(2).probes(2))];
    registry().replace_overrides(overrides).unwrap();
    configure().settings("configured/plain", NEW.probes(3)).install().unwrap();
    let settings = breaker!("configured/plain").settings();
    assert_eq!((settings.get_threshold(), settings.get_probes()), (2, 3));
}

#[test]
fn a_declared_name_registered_again_is_reported_with_its_place() {
    let _test = isolate();
    registry().get_or_register("configured/source", NEW.threshold(77));
    let error = registry().verify().unwrap_err().to_string();
    assert!(
        error.contains("was declared at tests/it/configuration.rs:") && error.contains("77"),
        "{error}"
    );
}

#[test]
fn looking_at_a_registry_registers_nothing() {
    let test = isolate();
    let recorder = record_all();
    assert_eq!(format!("{:?} {test:?}", registry()), "[] Isolation([])");
    assert!(recorder.take().is_empty());
}

struct Meddles;

impl Listener for Meddles {
    fn settings_change(
        &self,
        breaker: &circuit_runtime::CircuitBreaker,
        change: &circuit_runtime::SettingsChange,
    ) {
        assert_eq!(breaker.settings().with_defaults(), change.after, "told after it holds");
        assert_ne!(change.before, change.after);
        let id = registry().add_listener(on_event(|_| {}));
        registry().remove_listener(id);
        registry().get_or_register("configured/by a listener", NEW);
    }
    fn mode_change(
        &self,
        breaker: &circuit_runtime::CircuitBreaker,
        _: &circuit_runtime::ModeChange,
    ) {
        breaker.set_threshold(77).unwrap();
        registry().replace_overrides([("configured/plain", NEW.probes(2))]).unwrap();
    }
}

#[test]
fn listeners_told_of_a_configuration_may_call_back() {
    without_deadlock(|| {
        let _test = isolate();
        succeed(breaker!("configured/plain"));
        registry().add_listener(Meddles);
        configure().default_threshold(3).mode("configured/plain", Mode::Shadow).install().unwrap();
        let breaker = breaker!("configured/plain");
        assert_eq!(breaker.snapshot().listener_panics, 0);
        let settings = breaker.settings();
        assert_eq!((settings.get_threshold(), settings.get_probes()), (77, 2));
        assert!(registry().get("configured/by a listener").is_some());
    });
}

/// Two threads put settings on top and below at the same time: neither is lost, and none sees the other half-way.
#[test]
fn live_changes_beside_replaced_overrides_are_never_lost() {
    let test = isolate();
    let handle = test.handle();
    let plain = breaker!("configured/plain");
    std::thread::scope(|scope| {
        scope.spawn(move || {
            handle.run(|| {
                for n in 1..500 {
                    let overrides = [("configured/plain", NEW.threshold(n).ttl(ms(n.into())))];
                    registry().replace_overrides(overrides).unwrap();
                }
            });
        });
        for n in 1..=31 {
            plain.set_settings(NEW.probes(n)).unwrap();
            let settings = plain.settings();
            assert_eq!(settings.get_probes(), n);
            let (threshold, ttl) = (settings.get_threshold(), settings.get_ttl());
            assert!(ttl == TTL || ttl == ms(threshold.into()), "{settings}");
        }
    });
    let settings = plain.settings();
    assert_eq!((settings.get_threshold(), settings.get_probes()), (499, 31));
}
