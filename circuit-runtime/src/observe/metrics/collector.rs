//! For `prometheus-client`.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeLabel, EncodeLabelSet, LabelSetEncoder, MetricEncoder, NoLabelSet,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;

use super::reading::Scope;
use super::sample::{Sample, Value};
use super::series::{Kind, SERIES, Series};

/// Every breaker, for a registry of the official `prometheus-client`: it reads them when the registry is encoded, and costs nothing
/// between two scrapes.
///
/// ```
/// use circuit_runtime::breaker;
/// use circuit_runtime::metrics::BreakerCollector;
/// use prometheus_client::encoding::prometheus_text::encode;
/// use prometheus_client::registry::Registry;
///
/// let mut metrics = Registry::default();
/// metrics.register_collector(Box::new(BreakerCollector::new()));
///
/// breaker!("billing", threshold = 5).open();
/// let mut text = String::new();
/// encode(&mut text, &metrics)?;
/// assert!(text.contains(r#"circuit_breaker_state{name="billing",state="open"} 1"#));
/// # Ok::<(), std::fmt::Error>(())
/// ```
///
/// `prometheus_client::encoding::prometheus_text::encode` writes what every Prometheus reads, and its `CONTENT_TYPE` says so.
/// `prometheus_client::encoding::text::encode` writes OpenMetrics, which a Prometheus takes for that only by the content type
/// `application/openmetrics-text; version=1.0.0; charset=utf-8`. Under either the series have the same names.
///
/// A scrape takes about 8 µs for a breaker, nearly all of it to write names and labels; figures are in the repository's
/// `docs/metrics.md`. Where the text cannot be written, encoding returns the error.
///
/// Register it where the registry has no prefix and no labels called `name`, `group`, `state` and so on.
#[derive(Clone, Copy, Debug)]
pub struct BreakerCollector(Scope);

impl BreakerCollector {
    /// Of all breakers in [`registry()`](crate::registry()): that of the thread that makes the collector, where a test has
    /// [isolated](crate::test_util) it.
    #[expect(clippy::new_without_default, reason = "what it collects is the thread's, no default")]
    pub fn new() -> Self {
        Self(Scope::new())
    }

    /// Leaves out the members of [groups](crate::Group), of which then only
    /// [the group's own series](crate::metrics#cardinality) tell.
    #[must_use]
    pub fn without_members(self) -> Self {
        Self(self.0.without_members())
    }
}

impl Collector for BreakerCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let reading = self.0.read();
        for series in SERIES.iter().filter(|series| !series.is_empty(&reading)) {
            let (name, unit, kind) = described(series);
            let mut family = encoder.encode_descriptor(name, series.help, unit, kind)?;
            series.each(&reading, |sample| encode(family.encode_family(sample)?, kind, sample))?;
        }
        Ok(())
    }
}

/// The encoder appends the unit to the name, and `_total` to that.
fn described(series: &Series) -> (&'static str, Option<&'static Unit>, MetricType) {
    let stem = series.stem();
    match series.kind {
        Kind::Counter => (stem, None, MetricType::Counter),
        Kind::Seconds => {
            let name = stem.strip_suffix("_seconds").unwrap_or(stem);
            (name, Some(&Unit::Seconds), MetricType::Counter)
        }
        Kind::Gauge | Kind::Share => (stem, None, MetricType::Gauge),
    }
}

fn encode(mut metric: MetricEncoder<'_>, kind: MetricType, sample: &Sample<'_>) -> fmt::Result {
    match (kind, sample.value) {
        (MetricType::Counter, Value::Count(count)) => {
            metric.encode_counter::<NoLabelSet, _, u64>(&count, None)
        }
        (MetricType::Counter, Value::Time(time)) => {
            metric.encode_counter::<NoLabelSet, _, u64>(&time.as_secs_f64(), None)
        }
        (_, Value::Count(count)) => metric.encode_gauge(&count),
        (_, Value::Time(time)) => metric.encode_gauge(&time.as_secs_f64()),
        (_, Value::Share(share)) => metric.encode_gauge(&share),
    }
}

impl EncodeLabelSet for Sample<'_> {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        self.of.encode(encoder.encode_label())?;
        self.further_labels().try_for_each(|label| label.encode(encoder.encode_label()))
    }
}
