//! Settings written to any format, as they are read.

use std::time::Duration;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::settings::Settings;
use super::settings_error::Key;
use super::switch::{NONE, Number, Switch};

/// What is given, as it can be read again: durations as seconds.
impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let given = self.one_by_one().iter().filter(|one| **one != Self::new()).count();
        let mut map = serializer.serialize_map(Some(given))?;
        let mut put = |key: Key, value: Option<Value>| match value {
            Some(value) => map.serialize_entry(key.as_str(), &value),
            None => Ok(()),
        };
        put(Key::Threshold, self.threshold.map(Value::Count))?;
        put(Key::Ttl, self.ttl.map(Value::span))?;
        put(Key::Window, self.window.map(|window| Value::of(window, Value::span)))?;
        put(Key::FailureRate, self.failure_rate.map(|rate| Value::of(rate, Value::share)))?;
        put(Key::MinimumCalls, self.minimum_calls.map(|calls| Value::of(calls, Value::Count)))?;
        put(Key::SlowCall, self.slow_call.map(|limit| Value::of(limit, Value::span)))?;
        put(Key::SuccessThreshold, self.success_threshold.map(Value::Count))?;
        put(Key::Probes, self.probes.map(Value::Count))?;
        put(Key::ProbeTimeout, self.probe_timeout.map(Value::span))?;
        put(Key::MaxTtl, self.max_ttl.map(Value::span))?;
        put(Key::Jitter, self.jitter.map(Value::share))?;
        put(Key::OnCancel, self.on_cancel.map(|on_cancel| Value::Word(on_cancel.as_str())))?;
        map.end()
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    Count(u32),
    Number(f64),
    Word(&'static str),
}

impl Value {
    fn span(span: Duration) -> Self {
        Self::Number(span.as_secs_f64())
    }

    fn share(share: Number) -> Self {
        Self::Number(share.get())
    }

    fn of<T>(switch: Switch<T>, on: impl FnOnce(T) -> Self) -> Self {
        switch.on().map_or(Self::Word(NONE), on)
    }
}

/// What is in force: with the default of each setting that is not given.
pub(super) fn with_defaults<S: Serializer>(
    settings: &Settings,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    settings.with_defaults().serialize(serializer)
}
