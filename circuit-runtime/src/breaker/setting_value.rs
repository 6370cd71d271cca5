//! The value of one setting, read from any self-describing format.

use std::fmt;
use std::time::Duration;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Unexpected, Visitor};

use super::on_cancel::OnCancel;
use super::quietly::quietly;
use super::settings::Settings;
use super::settings_error::Key;
use super::settings_read::SettingsOf;
use super::switch::{NONE, Switch};

/// What kind of value a key has, and how it is given to settings.
#[derive(Clone, Copy)]
enum Kind {
    Count(fn(Settings, u32) -> Settings),
    Span(fn(Settings, Duration) -> Settings),
    Share(fn(Settings, f64) -> Settings),
    Word,
}

impl Kind {
    fn of(key: Key) -> Self {
        match key {
            Key::Threshold => Self::Count(Settings::threshold),
            Key::MinimumCalls => Self::Count(Settings::minimum_calls),
            Key::SuccessThreshold => Self::Count(Settings::success_threshold),
            Key::Probes => Self::Count(Settings::probes),
            Key::Ttl => Self::Span(Settings::ttl),
            Key::Window => Self::Span(Settings::window),
            Key::SlowCall => Self::Span(Settings::slow_call),
            Key::ProbeTimeout => Self::Span(Settings::probe_timeout),
            Key::MaxTtl => Self::Span(Settings::max_ttl),
            Key::FailureRate => Self::Share(Settings::failure_rate),
            Key::Jitter => Self::Share(Settings::jitter),
            Key::OnCancel | Key::Name => Self::Word,
        }
    }

    fn expected(self) -> &'static str {
        match self {
            Self::Count(_) => "a whole number",
            Self::Span(_) => "a duration: seconds (60, 0.5) or a text (\"500ms\", \"1m 30s\")",
            Self::Share(_) => "a share, from 0 to 1",
            Self::Word => "\"failure\" or \"ignore\"",
        }
    }
}

/// Settings in which the key is taken back, if it is one that can be.
fn without(key: Key) -> Option<Settings> {
    const NEW: Settings = Settings::new();
    match key {
        Key::Window => Some(Settings { window: Some(Switch::Off), ..NEW }),
        Key::FailureRate => Some(NEW.without_failure_rate()),
        Key::MinimumCalls => Some(Settings { minimum_calls: Some(Switch::Off), ..NEW }),
        Key::SlowCall => Some(NEW.without_slow_call()),
        _ => None,
    }
}

/// Reads the value of one key, into settings that give no other.
pub(super) struct ValueOf<'a> {
    pub(super) of: &'a SettingsOf<'a>,
    pub(super) key: Key,
}

impl<'de> DeserializeSeed<'de> for ValueOf<'_> {
    type Value = Settings;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Settings, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl ValueOf<'_> {
    fn fault<E: Error>(&self, value: &dyn fmt::Debug, rule: impl fmt::Display) -> E {
        self.of.fault(format_args!("`{}` = {value:?}: {rule}", self.key))
    }

    fn checked<E: Error>(&self, given: Settings) -> Result<Settings, E> {
        match given.out_of_range("").first() {
            None => Ok(given),
            Some(error) => Err(self.of.fault(format_args!("{}", error.fault()))),
        }
    }

    fn word<E: Error>(&self, text: &str) -> Result<Settings, E> {
        let known = [OnCancel::Ignore, OnCancel::Failure];
        match known.into_iter().find(|on_cancel| on_cancel.as_str() == text) {
            Some(on_cancel) => Ok(Settings::new().on_cancel(on_cancel)),
            None => Err(E::invalid_value(Unexpected::Str(text), self)),
        }
    }
}

impl<'de> Visitor<'de> for ValueOf<'_> {
    type Value = Settings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(breaker) = self.of.breaker {
            write!(f, "for circuit breaker {breaker:?} ")?;
        }
        write!(f, "`{}` to be {}", self.key, Kind::of(self.key).expected())?;
        if without(self.key).is_some() { write!(f, ", or {NONE:?}") } else { Ok(()) }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Settings, E> {
        let new = Settings::new();
        match Kind::of(self.key) {
            Kind::Count(set) => match u32::try_from(number) {
                Ok(count) => self.checked(set(new, count)),
                Err(_) => Err(self.fault(&number, format_args!("must be at most {}", u32::MAX))),
            },
            Kind::Span(set) => self.checked(set(new, Duration::from_secs(number))),
            #[allow(clippy::cast_precision_loss, reason = "out of range where it is lost")]
            Kind::Share(set) => self.checked(set(new, number as f64)),
            Kind::Word => Err(E::invalid_type(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Settings, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(self.fault(&number, "must not be negative")),
        }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Settings, E> {
        match Kind::of(self.key) {
            Kind::Span(set) => match Duration::try_from_secs_f64(number) {
                Ok(span) => self.checked(set(Settings::new(), span)),
                Err(error) => Err(self.fault(&number, error)),
            },
            Kind::Share(set) => self.checked(set(Settings::new(), number)),
            Kind::Count(_) | Kind::Word => Err(E::invalid_type(Unexpected::Float(number), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Settings, E> {
        let trimmed = text.trim();
        let kind = Kind::of(self.key);
        if let (NONE, Some(without)) = (trimmed, without(self.key)) {
            return Ok(without);
        }
        if let Kind::Word = kind {
            return self.word(trimmed);
        }
        if let Ok(number) = trimmed.parse::<i64>() {
            return self.visit_i64(number);
        }
        if let Ok(number) = trimmed.parse::<f64>() {
            return self.visit_f64(number);
        }
        let Kind::Span(set) = kind else {
            return Err(E::invalid_value(Unexpected::Str(text), &self));
        };
        // A sum of units that is too long for any clock could make it panic.
        match quietly(|| humantime::parse_duration(trimmed)) {
            Some(Ok(span)) => self.checked(set(Settings::new(), span)),
            Some(Err(error)) => {
                Err(self.fault(&text, format_args!("{error}; write {}", kind.expected())))
            }
            None => self.checked(set(Settings::new(), Duration::MAX)),
        }
    }

    /// As `serde_json` hands over a number where somebody has its feature `arbitrary_precision` on: in a map of one text.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Settings, A::Error> {
        match map.next_entry::<String, String>() {
            Ok(Some((key, number))) if key.starts_with("$serde_json::private::") => {
                self.visit_str(&number)
            }
            _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}
