//! Settings read from any format, each mistake named; snapshots and events written to any (feature `serde`).

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use circuit_runtime::test_util::{isolate, record};
use circuit_runtime::{
    Event, Mode, OnCancel, Overrides, Rule, Settings, SettingsError, State, breaker, configure,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{TTL, fail, ms, owned, permit, rejected, succeed};

const NEW: Settings = Settings::new();

fn read(text: &str) -> Settings {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What is wrong with it, without the place in the text that the format adds.
fn wrong(text: &str) -> String {
    let error = serde_json::from_str::<Settings>(text).expect_err(text).to_string();
    error.split(" at line ").next().unwrap_or_default().to_owned()
}

#[test]
fn every_key_is_read_by_the_word_of_the_attribute() {
    let all = r#"{
        "threshold": 3, "ttl": 30, "window": "2m", "failure_rate": 0.1, "minimum_calls": 20,
        "slow_call": 0.5, "success_threshold": 2, "probes": 4, "probe_timeout": "1m 30s",
        "max_ttl": "1h", "jitter": 0.25, "on_cancel": "failure"
    }"#;
    let expected = NEW
        .threshold(3)
        .ttl(ms(30_000))
        .window(ms(120_000))
        .failure_rate(0.1)
        .minimum_calls(20)
        .slow_call(ms(500))
        .success_threshold(2)
        .probes(4)
        .probe_timeout(ms(90_000))
        .max_ttl(ms(3_600_000))
        .jitter(0.25)
        .on_cancel(OnCancel::Failure);
    assert_eq!(read(all), expected);
    assert_eq!(read("{}"), NEW);
}

/// The attribute reads them at compile time, by code of its own.
#[test]
fn durations_are_read_as_the_attribute_reads_them() {
    let attribute = [
        (breaker!("serialized/1", ttl = 60), "60"),
        (breaker!("serialized/2", ttl = 0.5), "0.5"),
        (breaker!("serialized/3", ttl = "500ms"), r#""500ms""#),
        (breaker!("serialized/4", ttl = "1m 30s"), r#""1m 30s""#),
        (breaker!("serialized/5", ttl = "1.5s"), r#""1.5s""#),
        (breaker!("serialized/6", ttl = "1h30m"), r#""1h30m""#),
        (breaker!("serialized/7", ttl = "2 days"), r#""2 days""#),
        (breaker!("serialized/8", ttl = "1500us"), r#""1500us""#),
        (breaker!("serialized/9", ttl = "1500µs"), r#""1500µs""#),
        (breaker!("serialized/10", ttl = "3000000ns"), r#""3000000ns""#),
        (breaker!("serialized/11", ttl = "2 minutes 1 second"), r#""2 minutes 1 second""#),
        (breaker!("serialized/12", ttl = "3min"), r#""3min""#),
        (breaker!("serialized/13", ttl = "0.5h"), r#""0.5h""#),
        (breaker!("serialized/14", ttl = "1 hour"), r#""1 hour""#),
    ];
    for (breaker, text) in attribute {
        let read = read(&format!(r#"{{"ttl": {text}}}"#));
        assert_eq!(read.get_ttl(), breaker.settings().get_ttl(), "{text}");
    }
}

#[test]
fn numbers_may_be_texts_as_environment_variables_are() {
    let text = r#"{"threshold": "7", "ttl": "60", "failure_rate": "0.5", "window": " 1.5 "}"#;
    let expected = NEW.threshold(7).ttl(TTL).failure_rate(0.5).window(ms(1_500));
    assert_eq!(read(text), expected);
}

#[test]
fn none_takes_back_what_another_place_gives() {
    let off = read(r#"{"slow_call": "none", "failure_rate": "none"}"#);
    assert_eq!(off, NEW.without_slow_call().without_failure_rate());
    assert_eq!(read(r#"{"window": "none"}"#), NEW.without_window());
    assert!(wrong(r#"{"ttl": "none"}"#).starts_with("`ttl` = \"none\": "));
}

#[test]
fn every_mistake_names_the_key_and_what_it_wants() {
    for (text, message) in [
        (r#"{"treshold": 3}"#, "no setting `treshold`; did you mean `threshold`?"),
        (r#"{"timeout": 3}"#, "no setting `timeout`; there are [\"threshold\", \"ttl\","),
        (r#"{"threshold": 0}"#, "`threshold` = 0: must be at least 1"),
        (r#"{"threshold": -3}"#, "`threshold` = -3: must not be negative"),
        (r#"{"threshold": 4294967296}"#, "`threshold` = 4294967296: must be at most 4294967295"),
        (
            r#"{"threshold": 2.5}"#,
            "invalid type: floating point `2.5`, expected `threshold` to be a whole number",
        ),
        (
            r#"{"threshold": "many"}"#,
            "invalid value: string \"many\", expected `threshold` to be a whole number",
        ),
        (
            r#"{"threshold": true}"#,
            "invalid type: boolean `true`, expected `threshold` to be a whole number",
        ),
        (r#"{"threshold": null}"#, "invalid type: null, expected `threshold` to be a whole number"),
        (r#"{"threshold": 1, "threshold": 2}"#, "`threshold` is given twice"),
        (r#"{"ttl": 0}"#, "`ttl` = 0ns: must be longer than zero"),
        (r#"{"ttl": -1.5}"#, "`ttl` = -1.5: "),
        (r#"{"ttl": "-5s"}"#, "`ttl` = \"-5s\": "),
        (r#"{"ttl": "5 parsecs"}"#, "`ttl` = \"5 parsecs\": unknown time unit \"parsecs\""),
        (
            r#"{"ttl": ""}"#,
            "`ttl` = \"\": value was empty; write a duration: seconds (60, 0.5) or a text",
        ),
        (r#"{"ttl": "365d"}"#, "`ttl` = 31536000s: must be at most 2592000s"),
        (r#"{"ttl": "18446744073709551615s 999999999999999999ns"}"#, "`ttl` = "),
        (r#"{"ttl": 1e300}"#, "`ttl` = 1e300: "),
        (r#"{"window": "1us"}"#, "`window` = 1µs: must be at least 1ms"),
        (
            r#"{"window": false}"#,
            "invalid type: boolean `false`, expected `window` to be a duration",
        ),
        (r#"{"failure_rate": 0}"#, "`failure_rate` = 0.0: must be more than 0 and at most 1"),
        (r#"{"failure_rate": 1.5}"#, "`failure_rate` = 1.5: must be more than 0 and at most 1"),
        (r#"{"jitter": 5000000000}"#, "`jitter` = 5000000000.0: must be from 0 to 1"),
        (r#"{"probes": 32}"#, "`probes` = 32: must be at most 31"),
        (
            r#"{"on_cancel": "panic"}"#,
            "invalid value: string \"panic\", expected `on_cancel` to be \"failure\" or \"ignore\"",
        ),
        (r#"{"on_cancel": 1}"#, "invalid type: integer `1`, expected `on_cancel` to be"),
        (r#"{"mode": "shadow"}"#, "`mode` is none of the settings: modes are a map of their own"),
        (r#"{"ttl": {"secs": 5}}"#, "invalid type: map, expected `ttl` to be a duration"),
        ("[]", "invalid type: sequence, expected the settings of a circuit breaker"),
        ("7", "invalid type: integer `7`, expected the settings of a circuit breaker"),
    ] {
        let found = wrong(text);
        let message =
            if text == "[]" { "invalid type: sequence, expected the settings" } else { message };
        assert!(found.starts_with(message), "{text}: {found}");
    }
}

#[test]
fn a_map_of_settings_names_the_breaker_at_fault() {
    let error = serde_json::from_str::<Overrides>(r#"{"db": {"ttl": 5}, "api": {"tll": 5}}"#);
    let message = error.unwrap_err().to_string();
    assert!(
        message.starts_with("circuit breaker \"api\": no setting `tll`; did you mean `ttl`?"),
        "{message}"
    );
    let error = serde_json::from_str::<Overrides>(r#"{"db": {"ttl": true}}"#).unwrap_err();
    assert!(error.to_string().contains("for circuit breaker \"db\" `ttl` to be"), "{error}");
    let error = serde_json::from_str::<Overrides>(r#"{"db": 7}"#).unwrap_err();
    assert!(error.to_string().contains("settings of a circuit breaker, \"db\""), "{error}");
    let error = serde_json::from_str::<Overrides>("7").unwrap_err();
    assert!(error.to_string().contains("a map of the names of circuit breakers"), "{error}");
}

#[derive(Deserialize)]
struct File {
    circuit_breakers: Breakers,
}

#[derive(Deserialize)]
struct Breakers {
    defaults: Settings,
    by_name: Overrides,
    modes: BTreeMap<String, Mode>,
}

#[test]
fn a_toml_file_configures_a_program() {
    let file = r#"
        [circuit_breakers.defaults]
        ttl = "45s"

        [circuit_breakers.by_name]
        "serialized/db" = { threshold = 2, window = "1m" }

        [circuit_breakers.modes]
        "serialized/db" = "shadow"
    "#;
    let _test = isolate();
    let Breakers { defaults, by_name, modes } =
        toml::from_str::<File>(file).unwrap().circuit_breakers;
    assert_eq!(by_name.get("serialized/db"), Some(NEW.threshold(2).window(TTL)));
    let all = configure().defaults(defaults).overrides(by_name).modes(modes);
    let breaker = breaker!("serialized/db", threshold = 9);
    all.install().unwrap();
    let settings = breaker.settings();
    assert_eq!((settings.get_threshold(), settings.get_ttl()), (2, ms(45_000)));
    assert_eq!((settings.get_window(), breaker.mode()), (Some(TTL), Mode::Shadow));
}

#[test]
fn a_mistake_in_a_toml_file_is_shown_where_it_stands() {
    let file = "[by_name.db]\nthreshold = 3\ntresh = 4\n";
    let error = toml::from_str::<BTreeMap<String, Overrides>>(file).unwrap_err().to_string();
    assert!(error.contains("line 3, column 1"), "{error}");
    assert!(error.contains("circuit breaker \"db\": no setting `tresh`"), "{error}");
}

#[test]
fn a_breaker_given_twice_is_a_mistake() {
    let error = serde_json::from_str::<Overrides>(r#"{"db": {}, "db": {"ttl": 5}}"#).unwrap_err();
    assert!(error.to_string().starts_with("circuit breaker \"db\" is given twice"), "{error}");
}

#[test]
fn overrides_are_written_as_they_are_read() {
    let overrides: Overrides = [("db", NEW.threshold(3)), ("api", NEW)].into_iter().collect();
    let written = serde_json::to_string(&overrides).unwrap();
    assert_eq!(serde_json::from_str::<Overrides>(&written).unwrap(), overrides);
    assert_eq!(overrides.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["api", "db"]);
}

/// Flattened, a slip was passed over in silence.
#[test]
fn settings_may_be_flattened_into_what_is_ones_own_and_no_slip_is_passed_over() {
    #[derive(Debug, Deserialize)]
    struct Own {
        mode: Mode,
        #[serde(flatten)]
        settings: Settings,
    }
    let own: Own = serde_json::from_str(r#"{"threshold": 3, "mode": "shadow"}"#).unwrap();
    assert_eq!((own.mode, own.settings), (Mode::Shadow, NEW.threshold(3)));
    let error = serde_json::from_str::<Own>(r#"{"treshold": 3, "mode": "shadow"}"#).unwrap_err();
    assert!(error.to_string().contains("did you mean `threshold`?"), "{error}");
}

/// With its feature `arbitrary_precision`, which any crate of a build may turn on, `serde_json` hands numbers over in a map.
#[test]
fn numbers_of_arbitrary_precision_are_numbers() {
    use serde::de::value::{Error, MapDeserializer};
    use std::iter::once;

    let number =
        |text: &'static str| MapDeserializer::new(once(("$serde_json::private::Number", text)));
    let read = |key: &'static str, text| {
        Settings::deserialize(MapDeserializer::<_, Error>::new(once((key, number(text)))))
    };
    assert_eq!(read("jitter", "0.25"), Ok(NEW.jitter(0.25)));
    assert_eq!(read("threshold", "7"), Ok(NEW.threshold(7)));
    assert!(read("ttl", "-1").is_err());
}

#[test]
fn any_map_of_settings_will_do() {
    let _test = isolate();
    let map: HashMap<String, Settings> =
        serde_json::from_str(r#"{"serialized/1": {"threshold": 8}}"#).unwrap();
    configure().overrides(map).install().unwrap();
    assert_eq!(breaker!("serialized/1").settings().get_threshold(), 8);
}

#[test]
fn settings_are_written_as_they_are_read() {
    let given = NEW
        .threshold(3)
        .ttl(ms(1_500))
        .window(TTL)
        .failure_rate(0.25)
        .without_slow_call()
        .on_cancel(OnCancel::Ignore);
    let written = serde_json::to_value(given).unwrap();
    assert_eq!(
        written,
        json!({"threshold": 3, "ttl": 1.5, "window": 60.0, "failure_rate": 0.25,
               "slow_call": "none", "on_cancel": "ignore"})
    );
    assert_eq!(serde_json::from_value::<Settings>(written).unwrap(), given);
    let all = NEW.window(TTL).with_defaults();
    assert_eq!(read(&serde_json::to_string(&all).unwrap()), all);
}

#[test]
fn a_snapshot_is_one_object_with_seconds_and_times_in_utc() {
    let settings = NEW.threshold(2).ttl(TTL).window(TTL * 2);
    let (breaker, clock) = owned(settings);
    clock.advance(ms(1_500));
    succeed(&breaker);
    fail(&breaker);
    fail(&breaker);
    clock.advance(ms(500));
    rejected(&breaker);
    let snapshot = serde_json::to_value(breaker.snapshot()).unwrap();
    let time = |value: &Value| {
        let text = value.as_str().expect("a time").to_owned();
        assert!(text.len() == 24 && text.contains('T') && text.ends_with('Z'), "{text}");
        text
    };
    let opened_at = time(&snapshot["opened_at"]);
    let at = time(&snapshot["last_trip"]["at"]);
    assert_eq!(
        snapshot,
        json!({
            "name": "owned",
            "state": "open",
            "mode": "normal",
            "failures": 0,
            "window_calls": null,
            "successes": 0,
            "probes_in_flight": 0,
            "calls": {"success": 1, "failure": 2, "excluded": 0, "ignored": 0, "cancelled": 0,
                      "rejected": 1, "slow": 0},
            "opened_at": opened_at,
            "retry_after": 59.5,
            "sharing": "alone",
            "transitions": [
                {"from": "closed", "to": "open", "count": 1},
                {"from": "closed", "to": "half-open", "count": 0},
                {"from": "open", "to": "closed", "count": 0},
                {"from": "open", "to": "half-open", "count": 0},
                {"from": "half-open", "to": "closed", "count": 0},
                {"from": "half-open", "to": "open", "count": 0},
            ],
            "time_in_state": {"closed": 1.5, "open": 0.5, "half-open": 0.0},
            "settings": {"threshold": 2, "ttl": 60.0, "window": 120.0, "failure_rate": "none",
                         "minimum_calls": 2, "slow_call": "none", "success_threshold": 1, "probes": 1,
                         "probe_timeout": 60.0, "max_ttl": 60.0, "jitter": 0.0, "on_cancel": "ignore"},
            "last_trip": {"breaker": "owned", "rule": "failures_in_window", "measured": 2, "limit": 2,
                          "window": 120.0, "calls": null, "failure_rate": null, "minimum_calls": null,
                          "last_failures": ["down", "down"], "at": at, "from": "closed", "open_for": 60.0,
                          "instance": null,
                          "notes": []},
            "listener_panics": 0,
        })
    );
    breaker.close();
    let closed = serde_json::to_value(breaker.snapshot()).unwrap();
    assert_eq!((&closed["opened_at"], &closed["retry_after"]), (&Value::Null, &Value::Null));
}

#[test]
fn events_are_flat_objects_by_the_listeners_words() {
    let (breaker, _) = owned(NEW.threshold(1).ttl(TTL));
    let recorder = record(&breaker);
    permit(&breaker).failure(&"down");
    rejected(&breaker);
    breaker.set_mode(Mode::Shadow);
    breaker.set_threshold(2).unwrap();
    let written: Vec<Value> = recorder
        .take()
        .iter()
        .map(|event: &Event| {
            let mut event = serde_json::to_value(event).unwrap();
            let fields = event.as_object_mut().unwrap();
            assert!(fields.remove("at").unwrap().is_string());
            assert_eq!(fields.remove("breaker").unwrap(), "owned");
            event
        })
        .collect();
    assert_eq!(written[0], json!({"event": "before_call"}));
    assert_eq!(written[1], json!({"event": "failure", "kind": "error", "message": "down"}));
    assert_eq!(
        (&written[2]["event"], &written[2]["from"], &written[2]["to"], &written[2]["number"]),
        (&json!("state_change"), &json!("closed"), &json!("open"), &json!(1))
    );
    assert_eq!(written[2]["trip"]["last_failures"], json!(["down"]));
    assert_eq!(
        written[3],
        json!({"event": "rejected", "name": "owned", "state": "open", "retry_after": 60.0})
    );
    assert_eq!(written[4], json!({"event": "mode_change", "from": "normal", "to": "shadow"}));
    assert_eq!(
        written[5],
        json!({"event": "settings_change", "before": NEW.threshold(1).with_defaults(),
               "after": NEW.threshold(2).with_defaults()})
    );
}

#[test]
fn names_are_written_as_they_are_printed_and_read_back() {
    for state in [State::Closed, State::Open, State::HalfOpen] {
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        assert_eq!(serde_json::from_value::<State>(json!(state.as_str())).unwrap(), state);
    }
    for mode in [Mode::Normal, Mode::ForcedOpen, Mode::Disabled, Mode::Shadow] {
        assert_eq!(serde_json::to_value(mode).unwrap(), mode.as_str());
        assert_eq!(serde_json::from_value::<Mode>(json!(mode.as_str())).unwrap(), mode);
    }
    for rule in [
        Rule::ConsecutiveFailures,
        Rule::FailuresInWindow,
        Rule::FailureRate,
        Rule::ProbeFailed,
        Rule::RetryAfter,
        Rule::ByHand,
    ] {
        assert_eq!(serde_json::to_value(rule).unwrap(), rule.as_str());
    }
}

#[test]
fn what_is_in_range_alone_may_still_contradict_what_it_is_put_over() {
    let max_ttl = read(r#"{"max_ttl": 30}"#);
    let (breaker, _) = owned(NEW.ttl(TTL));
    let error: SettingsError = breaker.set_settings(max_ttl).unwrap_err();
    assert_eq!(error.key(), "max_ttl");
    breaker.set_settings(read(r#"{"max_ttl": 90}"#)).unwrap();
    assert_eq!(breaker.settings().get_max_ttl(), Duration::from_secs(90));
}
