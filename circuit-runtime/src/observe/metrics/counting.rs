//! Counters of OpenTelemetry.

use std::collections::HashMap;
use std::convert::Infallible;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Meter};

use super::instruments::{attributes, name_of};
use super::reading::Reading;
use super::sample::{Sample, Value};
use super::series::{Kind, Series};

/// A counter that is told what was counted since the last reading.
///
/// An observable one would be told what there is. For an exporter that wants what has come since, the SDK subtracts from that what it
/// was told before, and panics where it is less: if a member of a group was forgotten and made anew, or if another one is the last of
/// those that the SDK has no room for. After that it collects nothing any more, of the whole program.
pub(super) struct Counting {
    series: &'static Series,
    counter: Of,
    /// Of the breakers in the last reading alone: one that comes back has begun anew.
    read: HashMap<Vec<KeyValue>, Value>,
}

enum Of {
    Events(Counter<u64>),
    Seconds(Counter<f64>),
}

impl Counting {
    /// Unless it is no counter.
    pub(super) fn new(series: &'static Series, meter: &Meter) -> Option<Self> {
        let (name, help) = (name_of(series), series.help);
        let counter = match series.kind {
            Kind::Counter => {
                let counter = meter.u64_counter(name).with_unit(series.unit);
                Of::Events(counter.with_description(help).build())
            }
            Kind::Seconds => {
                let counter = meter.f64_counter(name).with_unit(series.unit);
                Of::Seconds(counter.with_description(help).build())
            }
            Kind::Gauge | Kind::Share => return None,
        };
        Some(Self { series, counter, read: HashMap::new() })
    }

    /// Zeros as well, so that a breaker is there from the first time on.
    pub(super) fn tell(&mut self, reading: &Reading) {
        let mut read = HashMap::with_capacity(self.read.len());
        let Ok(()) = self.series.each(reading, |sample| {
            let attributes = attributes(sample);
            self.counter.add(since(self.read.get(&attributes), sample), &attributes);
            read.insert(attributes, sample.value);
            Ok::<(), Infallible>(())
        });
        self.read = read;
    }
}

/// Where it is less than before, the breaker has begun anew in between.
fn since(before: Option<&Value>, sample: &Sample<'_>) -> Value {
    let more = match (sample.value, before) {
        (Value::Count(now), Some(Value::Count(before))) => {
            now.checked_sub(*before).map(Value::Count)
        }
        (Value::Time(now), Some(Value::Time(before))) => now.checked_sub(*before).map(Value::Time),
        _ => None,
    };
    more.unwrap_or(sample.value)
}

impl Of {
    fn add(&self, value: Value, attributes: &[KeyValue]) {
        match (self, value) {
            (Self::Events(counter), Value::Count(count)) => counter.add(count, attributes),
            (Self::Seconds(counter), Value::Time(time)) => {
                counter.add(time.as_secs_f64(), attributes);
            }
            _ => {}
        }
    }
}
