//! What OpenTelemetry's SDK collects are the same numbers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use circuit_runtime::metrics::{BreakerCollector, BreakerInstruments};
use circuit_runtime::test_util::isolate;
use circuit_runtime::{Group, GroupSettings, Settings, breaker, registry};
use integration_tests::succeed;
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, Metric, MetricData, ResourceMetrics};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};

use crate::collector::SERIES;
use crate::facade::make_a_story;
use crate::support::{Stop, text_of};

/// By series, as a text has them.
type Samples = BTreeMap<String, f64>;

/// Keeps what was exported last, and the sums of all that was ever exported, under the names that Prometheus has for it.
#[derive(Clone)]
pub(crate) struct Exporter {
    samples: Arc<Mutex<Samples>>,
    sums: Arc<Mutex<Samples>>,
    temporality: Temporality,
    discards: bool,
}

impl PushMetricExporter for Exporter {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        if self.discards {
            return Ok(());
        }
        let scopes = metrics.scope_metrics();
        let samples: Samples =
            scopes.flat_map(|scope| scope.metrics().flat_map(samples_of)).collect();
        let mut sums = self.sums.lock().expect("unpoisoned");
        for (series, value) in &samples {
            *sums.entry(series.clone()).or_default() += value;
        }
        *self.samples.lock().expect("unpoisoned") = samples;
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        self.temporality
    }
}

impl Exporter {
    fn of(temporality: Temporality) -> Self {
        let (samples, sums) = (Arc::default(), Arc::default());
        Self { samples, sums, temporality, discards: false }
    }

    pub(crate) fn that_discards() -> Self {
        Self { discards: true, ..Self::of(Temporality::Cumulative) }
    }

    /// All that was ever exported of a series, where that is what has come since the last time.
    fn sum(&self, series: &str) -> f64 {
        self.sums.lock().expect("unpoisoned").get(series).copied().unwrap_or_default()
    }

    /// Collected on a thread of the SDK's.
    fn collect(&self, provider: &SdkMeterProvider) -> Samples {
        provider.force_flush().expect("collected and exported");
        self.samples.lock().expect("unpoisoned").clone()
    }
}

#[expect(clippy::cast_precision_loss, reason = "all of them are small")]
fn samples_of(metric: &Metric) -> Vec<(String, f64)> {
    let data = match metric.data() {
        AggregatedMetrics::U64(data) => points(data, |value| value as f64),
        AggregatedMetrics::F64(data) => points(data, |value| value),
        AggregatedMetrics::I64(_) => panic!("no such instrument"),
    };
    let (is_counter, points) = data;
    // OpenTelemetry's rules for Prometheus.
    let mut name = metric.name().replace('.', "_");
    let unit_is_a_name = matches!(metric.unit(), "" | "s" | "1");
    assert!(unit_is_a_name || metric.unit().starts_with('{'), "it would be appended");
    if metric.unit() == "s" && !name.ends_with("_seconds") {
        name.push_str("_seconds");
    }
    if metric.unit() == "1" && !name.ends_with("_ratio") {
        name.push_str("_ratio");
    }
    if is_counter {
        name.push_str("_total");
    }
    assert!(!metric.description().is_empty());
    points.into_iter().map(|(labels, value)| (format!("{name}{{{labels}}}"), value)).collect()
}

type Points = Vec<(String, f64)>;

fn points<T: Copy>(data: &MetricData<T>, number: impl Fn(T) -> f64) -> (bool, Points) {
    match data {
        MetricData::Sum(sum) => {
            assert!(sum.is_monotonic());
            let points = sum.data_points();
            (
                true,
                points.map(|point| (labels(point.attributes()), number(point.value()))).collect(),
            )
        }
        MetricData::Gauge(gauge) => {
            let points = gauge.data_points();
            let points = points.map(|point| (labels(point.attributes()), number(point.value())));
            (false, points.collect())
        }
        _ => panic!("no such instrument"),
    }
}

fn labels<'a>(attributes: impl Iterator<Item = &'a KeyValue>) -> String {
    in_order(attributes.map(|KeyValue { key, value, .. }| format!("{key}={:?}", value.as_str())))
}

/// The SDK sorts them.
fn in_order(labels: impl Iterator<Item = String>) -> String {
    let mut labels: Vec<_> = labels.collect();
    labels.sort_unstable();
    labels.join(",")
}

fn reader(exporter: &Exporter) -> PeriodicReader<Exporter> {
    let reader = PeriodicReader::builder(exporter.clone());
    reader.with_interval(Duration::from_secs(3_600)).build()
}

fn exported_as(
    temporality: Temporality,
    instruments: BreakerInstruments,
) -> (Exporter, SdkMeterProvider) {
    let exporter = Exporter::of(temporality);
    let provider = SdkMeterProvider::builder().with_reader(reader(&exporter)).build();
    instruments.register(&provider.meter("circuit_runtime"));
    (exporter, provider)
}

fn instrumented(instruments: BreakerInstruments) -> (Exporter, SdkMeterProvider) {
    exported_as(Temporality::Cumulative, instruments)
}

/// What a scrape gets.
fn scraped(collector: BreakerCollector) -> Samples {
    let text = text_of(collector);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let samples = lines.map(|line| {
        let (series, value) = line.rsplit_once("} ").expect("a series and a value");
        let (name, labels) = series.split_once('{').expect("a name and labels");
        let labels = in_order(labels.split(',').map(str::to_owned));
        (format!("{name}{{{labels}}}"), value.parse().expect("a number"))
    });
    samples.collect()
}

#[test]
fn what_is_collected_is_what_a_scrape_gets() {
    let test = make_a_story();
    let (exporter, provider) = instrumented(BreakerInstruments::new());
    assert_eq!(exporter.collect(&provider), scraped(BreakerCollector::new()));
    // And so the next time: in quarters of a second, which add up to the same.
    breaker!("metrics/told").open();
    test.advance(Duration::from_millis(1_750));
    assert_eq!(exporter.collect(&provider), scraped(BreakerCollector::new()));
    let (exporter, provider) = instrumented(BreakerInstruments::new().without_members());
    let of_group = scraped(BreakerCollector::new().without_members());
    assert_eq!(exporter.collect(&provider), of_group);
}

/// A group with room for one.
fn one_host() -> &'static Group {
    registry().group("metrics/collected hosts", GroupSettings::new().at_most(1))
}

fn successes_of(name: &str) -> String {
    format!("circuit_breaker_calls_total{{name={name:?},outcome=\"success\"}}")
}

#[test]
fn counters_never_fall_though_a_member_is_forgotten_and_made_anew() {
    for (temporality, expected) in
        [(Temporality::Delta, (10.0, 1.0, 1.0)), (Temporality::Cumulative, (10.0, 11.0, 12.0))]
    {
        let _test = isolate();
        let (exporter, provider) = exported_as(temporality, BreakerInstruments::new());
        let told = || exporter.collect(&provider)[&successes_of("metrics/collected hosts/a")];
        (0..10).for_each(|_| succeed(&one_host().breaker("a")));
        let first = told();
        one_host().breaker("b");
        succeed(&one_host().breaker("a"));
        let second = told();
        // And if it was collected while there was none.
        one_host().breaker("b");
        exporter.collect(&provider);
        succeed(&one_host().breaker("a"));
        assert_eq!((first, second, told()), expected, "{temporality:?}");
    }
}

#[test]
fn what_is_registered_twice_counts_twice() {
    let _test = isolate();
    let (exporter, provider) = instrumented(BreakerInstruments::new());
    BreakerInstruments::new().register(&provider.meter("circuit_runtime"));
    succeed(breaker!("metrics/registered twice", threshold = 5));
    let told = exporter.collect(&provider)[&successes_of("metrics/registered twice")];
    assert_eq!(told.to_bits(), 2_f64.to_bits());
}

#[test]
fn what_the_sdk_has_no_room_for_is_added_up() {
    let _test = isolate();
    let (exporter, provider) = exported_as(Temporality::Delta, BreakerInstruments::new());
    let mut calls = 0.0;
    for turn in 0..2 {
        for number in 0..350 {
            // In each turn, other ones are the last.
            let name = format!("metrics/many/{turn}/{number}");
            succeed(registry().get_or_register(&name, Settings::new()));
            calls += 1.0;
        }
        exporter.collect(&provider);
        let sums = exporter.sums.lock().expect("unpoisoned");
        let of_calls =
            sums.iter().filter(|(series, _)| series.starts_with("circuit_breaker_calls_total"));
        assert!((of_calls.map(|(_, sum)| sum).sum::<f64>() - calls).abs() < 0.5);
    }
}

#[test]
fn each_of_several_readers_is_told_of_every_call() {
    const TURNS: u32 = 200;
    let _test = isolate();
    let exporters = [Exporter::of(Temporality::Delta), Exporter::of(Temporality::Delta)];
    let provider = SdkMeterProvider::builder().with_reader(reader(&exporters[0]));
    let often = PeriodicReader::builder(exporters[1].clone());
    let often = often.with_interval(Duration::from_millis(1)).build();
    let provider = provider.with_reader(often).build();
    BreakerInstruments::new().register(&provider.meter("circuit_runtime"));
    let breaker = breaker!("metrics/read twice", threshold = 5);
    for _ in 0..TURNS {
        succeed(breaker);
        exporters[0].collect(&provider);
    }
    for exporter in exporters {
        let told = exporter.sum(&successes_of("metrics/read twice"));
        assert_eq!(told.to_bits(), f64::from(TURNS).to_bits());
    }
}

#[test]
fn a_member_that_is_forgotten_is_collected_no_more() {
    let _test = isolate();
    let (exporter, provider) = exported_as(Temporality::Delta, BreakerInstruments::new());
    for key in ["a", "b"] {
        one_host().breaker(key);
        let samples = exporter.collect(&provider);
        let of_members = samples.keys().filter(|series| series.contains("collected hosts/"));
        assert_eq!(of_members.count(), SERIES);
        assert!(samples.keys().any(|series| series.contains(&format!("collected hosts/{key}\""))));
    }
}

#[test]
fn cumulative_the_counters_of_a_member_that_is_forgotten_are_kept() {
    let _test = isolate();
    let (exporter, provider) = instrumented(BreakerInstruments::new());
    succeed(&one_host().breaker("a"));
    exporter.collect(&provider);
    one_host().breaker("b");
    let samples = exporter.collect(&provider);
    let a = "metrics/collected hosts/a";
    assert_eq!(samples.get(&successes_of(a)), Some(&1.0));
    assert!(!samples.contains_key(&format!("circuit_breaker_failures{{name={a:?}}}")));
}

#[test]
fn all_instruments_have_one_reading() {
    let _test = isolate();
    let breaker = breaker!("metrics/read once", threshold = 1);
    let (exporter, provider) = instrumented(BreakerInstruments::new());
    let stop = Stop::default();
    std::thread::scope(|scope| {
        let _end = stop.at_the_end();
        scope.spawn(|| {
            while !stop.is_told() {
                breaker.open();
                breaker.close();
            }
        });
        for _ in 0..200 {
            let samples = exporter.collect(&provider);
            let times = |from: &str, to: &str| {
                let labels = format!(r#"from="{from}",name="metrics/read once",to="{to}""#);
                samples[&format!("circuit_breaker_transitions_total{{{labels}}}")]
            };
            let into_and_not_out = times("closed", "open") - times("open", "closed");
            let is_open =
                samples[r#"circuit_breaker_state{name="metrics/read once",state="open"}"#];
            assert_eq!(into_and_not_out.to_bits(), is_open.to_bits());
        }
    });
}
