//! For the facade `metrics`.

use std::convert::Infallible;

use ::metrics::{
    Counter, Gauge, Key, KeyName, Label, Level, Metadata, Recorder, Unit, with_recorder,
};

use super::reading::Scope;
use super::sample::{Sample, Value};
use super::series::{Kind, SERIES, Series};

/// Every breaker, for the recorder of the facade `metrics`.
///
/// The facade is told, and asks for nothing: so [`report`](Self::report) is to be called before each rendering, or from time to
/// time where an exporter renders by itself, such as one with `PrometheusBuilder::with_http_listener`. Between two calls the recorder
/// knows what the last one said.
///
/// ```
/// use circuit_runtime::breaker;
/// use circuit_runtime::metrics::BreakerReporter;
/// use metrics_exporter_prometheus::PrometheusBuilder;
///
/// let recorder = PrometheusBuilder::new().build_recorder(); // or `install_recorder()`, which returns the handle
/// let handle = recorder.handle();
/// metrics::set_global_recorder(recorder)?;
///
/// let reporter = BreakerReporter::new();
/// let scrape = move || {
///     reporter.report();
///     handle.render()
/// };
///
/// breaker!("shipping", threshold = 5).open();
/// assert!(scrape().contains(r#"circuit_breaker_state{name="shipping",state="open"} 1"#));
/// # Ok::<(), metrics::SetRecorderError<metrics_exporter_prometheus::PrometheusRecorder>>(())
/// ```
///
/// # What the facade cannot say
///
/// Its counters are whole numbers, so `circuit_breaker_state_seconds_total` is in whole seconds, rounded down. And a recorder
/// keeps what it was told: the series of a [group's](crate::Group) member that was forgotten stay as they were, and if it is made
/// anew its counters stand still until they are past where they were. Where members come and go, give the recorder an idle timeout
/// (`PrometheusBuilder::idle_timeout`) that is longer than the time between two reports, or report
/// [without members](Self::without_members).
///
/// # What it costs
///
/// A call of a guarded function costs nothing more. A report looks every series up in the recorder, 30 for each breaker, by a key
/// that it allocates: 6 µs for a breaker, and what the recorder takes to render comes to that. Figures are in the repository's
/// `docs/metrics.md`.
#[derive(Clone, Copy, Debug)]
pub struct BreakerReporter(Scope);

impl BreakerReporter {
    /// Of all breakers in [`registry()`](crate::registry()): that of the thread that makes the reporter, where a test has
    /// [isolated](crate::test_util) it.
    #[expect(clippy::new_without_default, reason = "what it reports is the thread's, no default")]
    pub fn new() -> Self {
        Self(Scope::new())
    }

    /// Leaves out the members of [groups](crate::Group), of which then only
    /// [the group's own series](crate::metrics#cardinality) tell.
    #[must_use]
    pub fn without_members(self) -> Self {
        Self(self.0.without_members())
    }

    /// Sets every counter and every gauge, in the recorder that the thread has: its local one, or the program's. Without any it
    /// does nothing of use.
    pub fn report(&self) {
        let reading = self.0.read();
        with_recorder(|recorder| {
            for series in SERIES {
                describe(recorder, series);
                let Ok(()) = series.each(&reading, |sample| {
                    tell(recorder, series, sample);
                    Ok::<(), Infallible>(())
                });
            }
        });
    }
}

/// Each time: the recorder may be another one.
fn describe(recorder: &dyn Recorder, series: &Series) {
    let (name, help) = (KeyName::from_const_str(series.name), series.help.into());
    match series.kind {
        Kind::Counter => recorder.describe_counter(name, None, help),
        Kind::Seconds => recorder.describe_counter(name, Some(Unit::Seconds), help),
        Kind::Gauge | Kind::Share => recorder.describe_gauge(name, None, help),
    }
}

fn tell(recorder: &dyn Recorder, series: &Series, sample: &Sample<'_>) {
    const METADATA: Metadata<'static> =
        Metadata::new("circuit_runtime", Level::INFO, Some("circuit_runtime"));
    let (of, name) = sample.of;
    let further = sample.further_labels();
    let mut labels = Vec::with_capacity(Sample::MOST_LABELS);
    labels.push(Label::new(of, name.to_owned()));
    labels.extend(further.map(|(key, label)| Label::from_static_parts(key, label)));
    let key = Key::from_parts(series.name, labels);
    match series.kind {
        Kind::Counter | Kind::Seconds => {
            let counter: Counter = recorder.register_counter(&key, &METADATA);
            counter.absolute(match sample.value {
                Value::Count(count) => count,
                Value::Time(time) => time.as_secs(),
                Value::Share(_) => return,
            });
        }
        Kind::Gauge | Kind::Share => {
            let gauge: Gauge = recorder.register_gauge(&key, &METADATA);
            gauge.set(match sample.value {
                #[expect(clippy::cast_precision_loss, reason = "the facade has no other gauges")]
                Value::Count(count) => count as f64,
                Value::Time(time) => time.as_secs_f64(),
                Value::Share(share) => share,
            });
        }
    }
}
