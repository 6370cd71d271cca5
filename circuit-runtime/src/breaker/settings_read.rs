//! Settings read from any self-describing format, by the words of the attribute, each mistake with an answer.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::setting_value::ValueOf;
use super::settings::Settings;
use super::settings_error::Key;
use super::switch::Switch;
use crate::nearest::nearest;

/// The keys of one breaker, in the order of the attribute's documentation.
const KEYS: [Key; 12] = [
    Key::Threshold,
    Key::Ttl,
    Key::Window,
    Key::FailureRate,
    Key::MinimumCalls,
    Key::SlowCall,
    Key::SuccessThreshold,
    Key::Probes,
    Key::ProbeTimeout,
    Key::MaxTtl,
    Key::Jitter,
    Key::OnCancel,
];

/// Reads a map whose keys are those of the attribute, as many of them as are given. A duration is a number of seconds or a
/// text with units, as in the attribute; a number may be a text too, as environment variables are. `"none"` for `window`,
/// `failure_rate`, `minimum_calls` or `slow_call` takes it back.
///
/// Unknown keys and values out of range are errors that name the key, and the nearest one that there is.
impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SettingsOf { breaker: None }.deserialize(deserializer)
    }
}

/// Reads the settings of a breaker that errors are to name.
pub(crate) struct SettingsOf<'a> {
    pub(crate) breaker: Option<&'a str>,
}

impl SettingsOf<'_> {
    pub(super) fn fault<E: Error>(&self, fault: fmt::Arguments<'_>) -> E {
        match self.breaker {
            Some(breaker) => E::custom(format_args!("circuit breaker {breaker:?}: {fault}")),
            None => E::custom(fault),
        }
    }
}

impl<'de> DeserializeSeed<'de> for SettingsOf<'_> {
    type Value = Settings;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Settings, D::Error> {
        // Not as a struct: flattened into another one, that would be handed the keys it knows, and no slip would be seen.
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for SettingsOf<'_> {
    type Value = Settings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings of a circuit breaker")?;
        self.breaker.iter().try_for_each(|breaker| write!(f, ", {breaker:?}"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Settings, A::Error> {
        let mut settings = Settings::new();
        let mut given = Vec::new();
        while let Some(key) = map.next_key_seed(KeyOf(&self))? {
            if given.contains(&key) {
                return Err(self.fault(format_args!("`{key}` is given twice")));
            }
            given.push(key);
            let value: Settings = map.next_value_seed(ValueOf { of: &self, key })?;
            settings = value.over(settings);
        }
        if settings.window == Some(Switch::Off) {
            // As `without_window`.
            settings.failure_rate.get_or_insert(Switch::Off);
            settings.minimum_calls.get_or_insert(Switch::Off);
        }
        Ok(settings)
    }
}

struct KeyOf<'a>(&'a SettingsOf<'a>);

impl<'de> DeserializeSeed<'de> for KeyOf<'_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeyOf<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a setting")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Key, E> {
        if let Some(key) = KEYS.into_iter().find(|key| key.as_str() == word) {
            return Ok(key);
        }
        let words = KEYS.map(Key::as_str);
        Err(match nearest(word, words) {
            _ if word == "mode" => self.0.fault(format_args!(
                "`mode` is none of the settings: modes are a map of their own, for `configure().modes(..)`"
            )),
            Some(near) => self.0.fault(format_args!("no setting `{word}`; did you mean `{near}`?")),
            None => self.0.fault(format_args!("no setting `{word}`; there are {words:?}")),
        })
    }
}
