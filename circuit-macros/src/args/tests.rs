//! The mistakes that can be made with every key, made with every key.

use proc_macro2::TokenStream;

use super::{Key, Place, parse};

/// The messages for `attribute`, in order.
fn errors(place: Place, arguments: &str) -> Vec<String> {
    let tokens: TokenStream = arguments.parse().expect("tokens");
    match parse(tokens, place) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.into_iter().map(|error| error.to_string()).collect(),
    }
}

/// What the key needs, beside a name.
fn companion(key: Key) -> &'static str {
    match key {
        Key::FailureRate | Key::MinimumCalls => "window = 60, ",
        _ => "",
    }
}

/// Beside a name, if that is not what it is about, and what else the key needs.
fn with_companions(key: Key, argument: &str) -> String {
    match key {
        Key::Name => argument.to_owned(),
        _ => format!("name = \"db\", {}{argument}", companion(key)),
    }
}

fn only_error(key: Key, argument: &str) -> String {
    let mut errors = errors(Place::Attribute, &with_companions(key, argument));
    assert_eq!(errors.len(), 1, "{argument}: {errors:?}");
    errors.remove(0)
}

#[test]
fn the_example_of_every_key_is_accepted() {
    for key in Key::ALL.iter().copied() {
        assert_eq!(
            errors(Place::Attribute, &with_companions(key, key.example())),
            [""; 0],
            "{key}"
        );
    }
}

#[test]
fn every_key_misspelt_is_recognised() {
    for key in Key::ALL.iter().copied().filter(|key| *key != Key::Crate) {
        let name = key.to_string();
        let slip = name.replacen(&name[1..2], "", 1);
        let expected = format!("unknown key `{slip}`, did you mean `{key}`?");
        assert_eq!(only_error(key, &key.example().replacen(&name, &slip, 1)), expected);
        let loud = name.to_uppercase();
        let expected = format!("unknown key `{loud}`, did you mean `{key}`?");
        assert_eq!(only_error(key, &key.example().replacen(&name, &loud, 1)), expected);
    }
}

#[test]
fn every_key_given_twice_is_reported_at_the_second() {
    for key in Key::ALL.iter().copied() {
        let twice = format!("{0}, {0}", key.example());
        assert_eq!(only_error(key, &twice), format!("`{key}` is given twice"));
    }
}

#[test]
fn every_key_without_its_value_is_answered_with_an_example() {
    for key in Key::ALL.iter().copied() {
        let expected = format!("`{key}` needs a value: `{}`", key.example());
        for missing in
            [format!("{key}"), format!("{key} ="), format!("{key}, "), format!("{key} = , ")]
        {
            assert_eq!(only_error(key, &missing), expected, "{missing}");
        }
        let parenthesised = format!("`{key}` takes its value behind a `=`: `{}`", key.example());
        assert_eq!(only_error(key, &format!("{key}(1)")), parenthesised);
        let colon = format!("write `=` instead of `:`: `{}`", key.example());
        assert_eq!(only_error(key, &format!("{key}: 1")), colon);
    }
}

#[test]
fn every_key_with_a_value_of_the_wrong_kind_is_answered_with_what_it_takes() {
    for key in Key::ALL.iter().copied() {
        for wrong in ["true", "{ 1 }", "&x", "x.y()", "'c'", "b\"db\"", "(1, 2)", "loop {}", "1.."]
        {
            let message = only_error(key, &format!("{key} = {wrong}"));
            let says_what = match key {
                Key::Name => message.starts_with("a breaker's name is a string literal"),
                _ => {
                    message.contains(&format!("`{key}`")) || message.contains(&format!("`{key} = "))
                }
            };
            assert!(says_what, "{key} = {wrong}: {message}");
        }
    }
}

#[test]
fn every_number_and_duration_has_its_limits() {
    for key in Key::ALL.iter().copied() {
        let Some(most) = key.most() else { continue };
        let is_count =
            matches!(key, Key::Threshold | Key::MinimumCalls | Key::SuccessThreshold | Key::Probes);
        // Durations are counted in nanoseconds, and written in seconds.
        let most = if is_count { most } else { most / 1_000_000_000 };
        assert_eq!(
            errors(Place::Attribute, &with_companions(key, &format!("{key} = {most}"))),
            [""; 0]
        );
        for (value, expected) in [
            (format!("{}", most + 1), format!("`{key}` must be at most {}", key.most_text())),
            (
                "340282366920938463463374607431768211456".to_owned(),
                format!("`{key}` must be at most {}", key.most_text()),
            ),
            ("0".to_owned(), format!("`{key}` must be ")),
            ("-1".to_owned(), format!("`{key}` must be ")),
        ] {
            let message = only_error(key, &format!("{key} = {value}"));
            assert!(message.starts_with(&expected), "{key} = {value}: {message}");
        }
    }
}

#[test]
fn keys_that_contradict_each_other_are_told_apart() {
    for contradiction in [
        "only = [A], exclude = [B]",
        "rejected = f, fallback = g",
        "ttl = 60, max_ttl = 59",
        "max_ttl = \"1ms\", ttl = \"2ms\"",
    ] {
        let _ = only_error(Key::Threshold, contradiction);
    }
}

#[test]
fn what_is_counted_in_a_window_needs_one() {
    for key in [Key::FailureRate, Key::MinimumCalls] {
        let example = key.example();
        let needed = format!("`{key}` needs a `window` in which calls are counted: `window = 60`");
        assert_eq!(errors(Place::Attribute, &format!("name = \"db\", {example}")), [&*needed]);
        assert_eq!(errors(Place::Breaker, &format!("\"db\", {example}")), [&*needed]);
        let both = format!("name = \"db\", {key} = true, {example}, failure_rate = 10");
        assert!(errors(Place::Attribute, &both).contains(&needed), "{both}");
    }
    let both = "name = \"db\", failure_rate = 0.5, minimum_calls = 20";
    assert_eq!(errors(Place::Attribute, both).len(), 2);
}

#[test]
fn a_companion_that_was_meant_and_is_wrong_is_not_missing() {
    for window in [
        "window = 0",
        "window = soon()",
        "window",
        "window =",
        "window: 60",
        "window(60)",
        "\"window\" = 60",
        "windw = 60",
        "sampling_duration = 60",
        "ttl = 60 window = 60",
        "ttl = 60; window = 60",
    ] {
        for arguments in [
            format!("name = \"db\", {window}, failure_rate = 0.5"),
            format!("name = \"db\", minimum_calls = 20, {window}"),
        ] {
            assert_eq!(errors(Place::Attribute, &arguments).len(), 1, "{arguments}");
        }
    }
    for name in ["name = 5", "name", "name: \"db\"", "\"name\" = \"db\"", "id = \"db\"", "\"db\""] {
        assert_eq!(errors(Place::Attribute, &format!("ttl = 1, {name}")).len(), 1, "{name}");
    }
    assert_eq!(errors(Place::Attribute, "ttl = 60 name = \"db\"").len(), 1);
}

#[test]
fn all_mistakes_of_one_attribute_are_reported_at_once() {
    let all = "name = 5, threshold = 0, ttl = \"soon\", treshold = 1, probes = 99, exclude = [_, 5 + 5], ttl = 1, on_cancel = 2";
    assert_eq!(errors(Place::Attribute, all).len(), 9);
}

#[test]
fn breaker_takes_the_settings_alone() {
    for key in Key::ALL.iter().copied() {
        let arguments = format!("\"db\", {}{}", companion(key), key.example());
        let found = errors(Place::Breaker, &arguments);
        assert_eq!(found.is_empty(), key.is_setting() || key == Key::Crate, "{key}: {found:?}");
        assert!(found.len() <= 1, "{found:?}");
    }
}
