//! Settings read from any format, by the words of the attribute, each mistake with an answer.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Unexpected, Visitor};

use super::on_cancel::OnCancel;
use super::quietly::quietly;
use super::settings::Settings;
use super::settings_error::Key;
use super::switch::{NONE, Switch};
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

impl Key {
    fn kind(self) -> Kind {
        match self {
            Self::Threshold | Self::MinimumCalls | Self::SuccessThreshold | Self::Probes => {
                Kind::Count
            }
            Self::Ttl | Self::Window | Self::SlowCall | Self::ProbeTimeout | Self::MaxTtl => {
                Kind::Span
            }
            Self::FailureRate | Self::Jitter => Kind::Share,
            Self::OnCancel | Self::Name => Kind::Word,
        }
    }

    fn is_switch(self) -> bool {
        matches!(self, Self::Window | Self::FailureRate | Self::MinimumCalls | Self::SlowCall)
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Count,
    Span,
    Share,
    Word,
}

impl Kind {
    fn expected(self) -> &'static str {
        match self {
            Self::Count => "a whole number",
            Self::Span => "a duration: seconds (60, 0.5) or a text (\"500ms\", \"1m 30s\")",
            Self::Share => "a share, from 0 to 1",
            Self::Word => "\"failure\" or \"ignore\"",
        }
    }
}

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
    fn fault<E: Error>(&self, fault: fmt::Arguments<'_>) -> E {
        match self.breaker {
            Some(breaker) => E::custom(format_args!("circuit breaker {breaker:?}: {fault}")),
            None => E::custom(fault),
        }
    }
}

impl<'de> DeserializeSeed<'de> for SettingsOf<'_> {
    type Value = Settings;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Settings, D::Error> {
        const WORDS: &[&str] = &{
            let mut words = [""; KEYS.len()];
            let mut at = 0;
            while at < words.len() {
                words[at] = KEYS[at].as_str();
                at += 1;
            }
            words
        };
        deserializer.deserialize_struct("Settings", WORDS, self)
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
            map.next_value_seed(ValueOf { of: &self, key, settings: &mut settings })?;
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
            Some(near) => self.0.fault(format_args!("no setting `{word}`; did you mean `{near}`?")),
            None => self.0.fault(format_args!("no setting `{word}`; there are {words:?}")),
        })
    }
}

/// Reads the value of one key into the settings.
struct ValueOf<'a> {
    of: &'a SettingsOf<'a>,
    key: Key,
    settings: &'a mut Settings,
}

impl<'de> DeserializeSeed<'de> for ValueOf<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl ValueOf<'_> {
    fn fault<E: Error>(&self, value: &dyn fmt::Debug, rule: impl fmt::Display) -> E {
        self.of.fault(format_args!("`{}` = {value:?}: {rule}", self.key))
    }

    fn set<E: Error>(self, given: Settings) -> Result<(), E> {
        given.in_range().map_err(|error| self.of.fault(format_args!("{}", error.fault())))?;
        *self.settings = given.over(*self.settings);
        Ok(())
    }

    fn count<E: Error>(self, count: u32) -> Result<(), E> {
        let new = Settings::new();
        let given = match self.key {
            Key::Threshold => new.threshold(count),
            Key::MinimumCalls => new.minimum_calls(count),
            Key::SuccessThreshold => new.success_threshold(count),
            _ => new.probes(count),
        };
        self.set(given)
    }

    fn span<E: Error>(self, span: Duration) -> Result<(), E> {
        let new = Settings::new();
        let given = match self.key {
            Key::Ttl => new.ttl(span),
            Key::Window => new.window(span),
            Key::SlowCall => new.slow_call(span),
            Key::ProbeTimeout => new.probe_timeout(span),
            _ => new.max_ttl(span),
        };
        self.set(given)
    }

    fn share<E: Error>(self, share: f64) -> Result<(), E> {
        let new = Settings::new();
        let is_jitter = self.key == Key::Jitter;
        self.set(if is_jitter { new.jitter(share) } else { new.failure_rate(share) })
    }

    fn off<E: Error>(self) -> Result<(), E> {
        let new = Settings::new();
        let given = match self.key {
            Key::Window => Settings { window: Some(Switch::Off), ..new },
            Key::FailureRate => new.without_failure_rate(),
            Key::MinimumCalls => Settings { minimum_calls: Some(Switch::Off), ..new },
            _ => new.without_slow_call(),
        };
        self.set(given)
    }
}

impl Visitor<'_> for ValueOf<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(breaker) = self.of.breaker {
            write!(f, "for circuit breaker {breaker:?} ")?;
        }
        write!(f, "`{}` to be {}", self.key, self.key.kind().expected())?;
        if self.key.is_switch() { write!(f, ", or {NONE:?}") } else { Ok(()) }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        match self.key.kind() {
            Kind::Count => match u32::try_from(number) {
                Ok(count) => self.count(count),
                Err(_) => Err(self.fault(&number, format_args!("must be at most {}", u32::MAX))),
            },
            Kind::Span => self.span(Duration::from_secs(number)),
            Kind::Share => match u32::try_from(number) {
                Ok(number) => self.share(number.into()),
                Err(_) => self.share(f64::INFINITY),
            },
            Kind::Word => Err(E::invalid_type(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(self.fault(&number, "must not be negative")),
        }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        match self.key.kind() {
            Kind::Span => match Duration::try_from_secs_f64(number) {
                Ok(span) => self.span(span),
                Err(error) => Err(self.fault(&number, error)),
            },
            Kind::Share => self.share(number),
            Kind::Count | Kind::Word => Err(E::invalid_type(Unexpected::Float(number), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let trimmed = text.trim();
        if trimmed == NONE && self.key.is_switch() {
            return self.off();
        }
        if let Kind::Word = self.key.kind() {
            let known = [OnCancel::Ignore, OnCancel::Failure];
            return match known.into_iter().find(|on_cancel| on_cancel.as_str() == trimmed) {
                Some(on_cancel) => self.set(Settings::new().on_cancel(on_cancel)),
                None => Err(E::invalid_value(Unexpected::Str(text), &self)),
            };
        }
        if let Ok(number) = trimmed.parse::<i64>() {
            return self.visit_i64(number);
        }
        if let Ok(number) = trimmed.parse::<f64>() {
            return self.visit_f64(number);
        }
        match self.key.kind() {
            // A sum of units that is too long for any clock makes it panic.
            Kind::Span => match quietly(|| humantime::parse_duration(trimmed)) {
                Some(Ok(span)) => self.span(span),
                Some(Err(error)) => {
                    let expected = self.key.kind().expected();
                    Err(self.fault(&text, format_args!("{error}; write {expected}")))
                }
                None => self.span(Duration::MAX),
            },
            _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }
}
