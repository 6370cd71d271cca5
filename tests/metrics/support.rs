//! Registries, texts, and what is found in them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use circuit_runtime::metrics::BreakerCollector;
use prometheus_client::encoding::prometheus_text;
use prometheus_client::registry::Registry;

pub(crate) fn registry_with(collector: BreakerCollector) -> Registry {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(collector));
    registry
}

/// What a scrape gets.
pub(crate) fn text_of(collector: BreakerCollector) -> String {
    let mut text = String::new();
    prometheus_text::encode(&mut text, &registry_with(collector)).expect("a text takes it all");
    text
}

/// The values of one series, each with its labels as the text has them: `name="db",state="open"`.
pub(crate) fn values<'t>(text: &'t str, series: &str) -> Vec<(&'t str, f64)> {
    let lines = text.lines().filter_map(|line| line.strip_prefix(series)?.strip_prefix('{'));
    let values = lines.map(|line| {
        let (labels, value) = line.rsplit_once("} ").expect("labels and a value");
        (labels, value.parse().expect("a number"))
    });
    values.collect()
}

/// The value of the series with exactly these labels.
pub(crate) fn value(text: &str, series: &str, labels: &str) -> Option<f64> {
    let values = values(text, series);
    values.into_iter().find_map(|(found, value)| (found == labels).then_some(value))
}

/// What `find` finds as soon as it finds something.
pub(crate) fn within<T>(limit: Duration, what: &str, mut find: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = find() {
            return found;
        }
        assert!(begun.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Tells threads to stop when it is dropped, by a failing test as well.
#[derive(Default)]
pub(crate) struct Stop(AtomicBool);

impl Stop {
    pub(crate) fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn at_the_end(&self) -> AtTheEnd<'_> {
        AtTheEnd(self)
    }
}

pub(crate) struct AtTheEnd<'s>(&'s Stop);

impl Drop for AtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}
