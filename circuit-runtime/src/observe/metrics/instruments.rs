//! For OpenTelemetry.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, Meter};

use super::reading::{Reading, Scope};
use super::sample::{Sample, Value};
use super::series::{Kind, SERIES, Series};
use crate::poison::Unpoisoned;

/// Every breaker, as observable instruments of a `Meter`: it reads them when the SDK collects, and costs nothing between two
/// collections.
///
/// ```
/// use circuit_runtime::metrics::BreakerInstruments;
/// use opentelemetry::metrics::MeterProvider;
/// use opentelemetry_sdk::metrics::SdkMeterProvider;
///
/// let provider = SdkMeterProvider::builder().build(); // with a reader
/// BreakerInstruments::new().register(&provider.meter("circuit_runtime"));
/// ```
///
/// # Names
///
/// Those of OpenTelemetry: `circuit_breaker.calls`, `circuit_breaker.state_seconds` (in `s`) and so on, which by the usual rules
/// are [those of Prometheus](crate::metrics#series) again: dots become underscores, a unit is appended unless the name has it, and
/// `_total` where it counts. The attributes are the labels.
///
/// # Limits of the SDK
///
/// It keeps 2,000 sets of attributes for each instrument unless a view gives it another limit, and adds up the rest under
/// `otel.metric.overflow`: that is 333 breakers, as each has six pairs of states and six outcomes. For more, raise the limit, or
/// leave the [members](Self::without_members) out. A collection takes about 30 µs for a breaker, nearly all of it the SDK's.
#[derive(Clone, Copy, Debug)]
pub struct BreakerInstruments(Scope);

impl BreakerInstruments {
    /// Of all breakers in [`registry()`](crate::registry()): that of the thread that makes this, where a test has
    /// [isolated](crate::test_util) it.
    #[expect(clippy::new_without_default, reason = "what is read is the thread's, no default")]
    pub fn new() -> Self {
        Self(Scope::new())
    }

    /// Leaves out the members of [groups](crate::Group), of which then only
    /// [the group's own series](crate::metrics#cardinality) tell.
    #[must_use]
    pub fn without_members(self) -> Self {
        Self(self.0.without_members())
    }

    /// Makes the instruments. They live as long as the provider of the `meter`; made twice on one, they are there twice.
    pub fn register(self, meter: &Meter) {
        let readings = Arc::new(Readings { scope: self.0, latest: Mutex::default() });
        for series in SERIES {
            let name = series.stem().replacen("circuit_breaker_", "circuit_breaker.", 1);
            let readings = Arc::clone(&readings);
            let seen = AtomicU64::new(0);
            // Its callback gives an instrument its values as long as the provider lives, not the instrument.
            match series.kind {
                Kind::Counter => {
                    let builder = meter.u64_observable_counter(name);
                    let builder = builder.with_description(series.help);
                    builder.with_callback(move |to| readings.observe(series, &seen, to)).build();
                }
                Kind::Seconds => {
                    let builder = meter.f64_observable_counter(name).with_unit("s");
                    let builder = builder.with_description(series.help);
                    builder.with_callback(move |to| readings.observe(series, &seen, to)).build();
                }
                Kind::Gauge => {
                    let builder = meter.u64_observable_gauge(name);
                    let builder = builder.with_description(series.help);
                    builder.with_callback(move |to| readings.observe(series, &seen, to)).build();
                }
            }
        }
    }
}

/// One reading for all instruments: each is asked by itself, and the first that has told the latest one already takes the next.
struct Readings {
    scope: Scope,
    /// With its number.
    latest: Mutex<(u64, Option<Arc<Reading>>)>,
}

impl Readings {
    fn observe<N: Number>(&self, series: &Series, seen: &AtomicU64, to: &dyn AsyncInstrument<N>) {
        let reading = self.next_after(seen);
        let Ok(()) = series.each(&reading, |sample| {
            to.observe(N::from_value(sample.value), &attributes(sample));
            Ok::<(), Infallible>(())
        });
    }

    fn next_after(&self, seen: &AtomicU64) -> Arc<Reading> {
        let (number, latest) = self.latest.lock().unpoisoned().clone();
        if let Some(reading) = latest.filter(|_| seen.load(Ordering::Relaxed) != number) {
            seen.store(number, Ordering::Relaxed);
            return reading;
        }
        // Not under the lock: a breaker that is declared and was never used is made now, and who listens is told.
        let reading = Arc::new(self.scope.read());
        let mut latest = self.latest.lock().unpoisoned();
        *latest = (latest.0 + 1, Some(Arc::clone(&reading)));
        seen.store(latest.0, Ordering::Relaxed);
        reading
    }
}

fn attributes(sample: &Sample<'_>) -> Vec<KeyValue> {
    let (of, name) = sample.of;
    let mut attributes = Vec::with_capacity(Sample::MOST_LABELS);
    attributes.push(KeyValue::new(of, name.to_owned()));
    attributes.extend(sample.further_labels().map(|(key, label)| KeyValue::new(key, label)));
    attributes
}

/// What an instrument takes.
trait Number {
    fn from_value(value: Value) -> Self;
}

impl Number for u64 {
    fn from_value(value: Value) -> Self {
        match value {
            Value::Count(count) => count,
            Value::Time(time) => time.as_secs(),
        }
    }
}

impl Number for f64 {
    fn from_value(value: Value) -> Self {
        match value {
            #[expect(clippy::cast_precision_loss, reason = "of times alone")]
            Value::Count(count) => count as f64,
            Value::Time(time) => time.as_secs_f64(),
        }
    }
}
