//! For OpenTelemetry.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, Meter};

use super::counting::Counting;
use super::reading::Scope;
use super::readings::Readings;
use super::sample::{Sample, Value};
use super::series::{Kind, SERIES, Series};

/// Every breaker, as instruments of a `Meter`: it reads them when the SDK collects, and costs nothing between two collections.
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
/// `circuit_breaker.calls` (in `{call}`), `circuit_breaker.state_seconds` (in `s`) and so on, which by the usual rules are
/// [those of Prometheus](crate::metrics#series) again: dots become underscores, a unit is appended unless it is in braces or in the
/// name, and `_total` where it counts. The attributes are the labels.
///
/// There are no semantic conventions for circuit breakers. Those for names as such want no unit in a name and a namespace in that of
/// an attribute (`circuit_breaker.name`); here they are as they are so that queries, dashboard and alerts are the same for all three
/// features.
///
/// # Temporality
///
/// Cumulative or delta, as the exporter wants it. Counters are plain ones, which are told at each collection what was counted since
/// the one before: so they never fall, even where a [group](crate::Group) forgets a member and makes it anew.
///
/// Cumulative, the SDK keeps the counters of a member that was forgotten, and they go on from there if it is made anew; gauges are
/// of the members that there are. Where ever new members come and go, prefer delta, or leave them [out](Self::without_members):
/// what is kept counts for the limit below.
///
/// # Several readers
///
/// Each has all that was counted. Where two of them collect at the same time, what one of them gets may come from two readings, as
/// the SDK asks for the values of both at once.
///
/// # Limits of the SDK
///
/// It keeps 2,000 sets of attributes for each instrument unless a view gives it another limit, and has one value for the rest, under
/// `otel.metric.overflow`: the sum for a counter, any of them for a gauge. That is 333 breakers, as each has six pairs of states and
/// six outcomes. For more, raise the limit, or leave the members out. A collection takes about 30 µs for a breaker, nearly all of it
/// the SDK's.
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

    /// Makes the instruments, which live as long as the provider of the `meter`. Once for a provider: what is registered twice counts
    /// twice.
    pub fn register(self, meter: &Meter) {
        let counters = SERIES.iter().filter_map(|series| Counting::new(series, meter)).collect();
        let readings = Arc::new(Readings::new(self.0, counters));
        for series in SERIES {
            let readings = Arc::clone(&readings);
            let seen = AtomicU64::new(0);
            let name = name_of(series);
            // Its callback gives it its values as long as the provider lives, not the instrument.
            match series.kind {
                Kind::Gauge => {
                    let gauge = meter.u64_observable_gauge(name).with_unit(series.unit);
                    let gauge = gauge.with_description(series.help);
                    gauge.with_callback(move |to| observe(series, &readings, &seen, to)).build();
                }
                Kind::Share => {
                    let gauge = meter.f64_observable_gauge(name).with_unit(series.unit);
                    let gauge = gauge.with_description(series.help);
                    gauge.with_callback(move |to| observe(series, &readings, &seen, to)).build();
                }
                Kind::Counter | Kind::Seconds => {}
            }
        }
    }
}

fn observe<N: Number>(
    series: &Series,
    readings: &Readings,
    seen: &AtomicU64,
    to: &dyn AsyncInstrument<N>,
) {
    let Ok(()) = series.each(&readings.next_after(seen), |sample| {
        if let Some(value) = N::of(sample.value) {
            to.observe(value, &attributes(sample));
        }
        Ok::<(), Infallible>(())
    });
}

/// What a gauge takes.
trait Number: Sized {
    fn of(value: Value) -> Option<Self>;
}

impl Number for u64 {
    fn of(value: Value) -> Option<Self> {
        if let Value::Count(count) = value { Some(count) } else { None }
    }
}

impl Number for f64 {
    fn of(value: Value) -> Option<Self> {
        if let Value::Share(share) = value { Some(share) } else { None }
    }
}

pub(super) fn name_of(series: &Series) -> String {
    series.stem().replacen("circuit_breaker_", "circuit_breaker.", 1)
}

pub(super) fn attributes(sample: &Sample<'_>) -> Vec<KeyValue> {
    let (of, name) = sample.of;
    let mut attributes = Vec::with_capacity(Sample::MOST_LABELS);
    attributes.push(KeyValue::new(of, name.to_owned()));
    attributes.extend(sample.further_labels().map(|(key, label)| KeyValue::new(key, label)));
    attributes
}
