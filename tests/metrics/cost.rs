//! What a scrape of a thousand breakers costs: the figures in `docs/metrics.md`.
//!
//! ```text
//! cargo test --release -p integration-tests --test metrics -- --ignored --nocapture
//! ```

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use circuit_runtime::metrics::{BreakerCollector, BreakerInstruments, BreakerReporter};
use circuit_runtime::test_util::isolate;
use circuit_runtime::{Settings, registry};
use integration_tests::{fail, ms, succeed};
use metrics_exporter_prometheus::PrometheusBuilder;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::{Instrument, PeriodicReader, SdkMeterProvider, Stream};
use prometheus_client::encoding::{prometheus_text, text};

use crate::instruments::Exporter;
use crate::support::{Stop, registry_with};

/// Counts what all threads allocate.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const BREAKERS: usize = 1_000;
const TURNS: usize = 51;

/// The median of the turns, with the tenth and the ninetieth percentile, and what the last one allocated; `run` returns how many
/// bytes it has made.
fn measure(what: &str, mut run: impl FnMut() -> usize) {
    run();
    let mut times = Vec::new();
    let (mut allocations, mut bytes) = (0, 0);
    for _ in 0..TURNS {
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        let begun = Instant::now();
        bytes = black_box(run());
        times.push(begun.elapsed());
        allocations = ALLOCATIONS.load(Ordering::Relaxed) - before;
    }
    times.sort_unstable();
    let at = |share: usize| times[times.len() * share / 100].as_secs_f64() * 1e3;
    let (low, median, high) = (at(10), at(50), at(90));
    println!(
        "{what}: {median:.2} ms ({low:.2} to {high:.2}), {allocations} allocations, {bytes} bytes"
    );
}

#[test]
#[ignore = "measures"]
fn a_scrape_of_a_thousand_breakers() {
    let _test = isolate();
    for number in 0..BREAKERS {
        let name = format!("shop/dependency-{number}");
        let breaker = registry().get_or_register(&name, Settings::new());
        succeed(breaker);
        if number % 10 == 0 {
            (0..5).for_each(|_| fail(breaker));
        }
    }
    let breakers = registry().iter().count();
    println!("{breakers} breakers");
    measure("snapshots alone", || registry().snapshots().len());
    let metrics = registry_with(BreakerCollector::new());
    measure("prometheus, the older text", || {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &metrics).expect("a text takes it all");
        text.len()
    });
    measure("prometheus, OpenMetrics", || {
        let mut buffer = String::new();
        text::encode(&mut buffer, &metrics).expect("a text takes it all");
        buffer.len()
    });
    let recorder = PrometheusBuilder::new().build_recorder();
    let (reporter, handle) = (BreakerReporter::new(), recorder.handle());
    measure("metrics, the report", || {
        metrics::with_local_recorder(&recorder, || reporter.report());
        0
    });
    measure("metrics, the report and the rendering", || {
        metrics::with_local_recorder(&recorder, || reporter.report());
        handle.render().len()
    });
    let reader = PeriodicReader::builder(Exporter::that_discards());
    let reader = reader.with_interval(Duration::from_secs(3_600)).build();
    let provider = SdkMeterProvider::builder().with_reader(reader);
    let unlimited = |_: &Instrument| Stream::builder().with_cardinality_limit(100_000).build().ok();
    let provider = provider.with_view(unlimited).build();
    BreakerInstruments::new().register(&provider.meter("circuit_runtime"));
    measure("opentelemetry, collected", || {
        provider.force_flush().expect("collected");
        0
    });
    for (what, pause) in [("10 times a second", ms(100)), ("without a pause", ms(0))] {
        let stop = Stop::default();
        thread::scope(|scope| {
            let _end = stop.at_the_end();
            scope.spawn(|| {
                while !stop.is_told() {
                    let mut text = String::new();
                    prometheus_text::encode(&mut text, &metrics).expect("a text takes it all");
                    thread::sleep(pause);
                }
            });
            println!("a call, scraped {what}: {:.2} ns", call("shop/dependency-1"));
        });
    }
    println!("a call, between two scrapes: {:.2} ns", call("shop/dependency-1"));
    println!("a call, of a breaker that nobody has read: {:.2} ns", call("shop/unseen"));
}

/// What a successful one takes, in nanoseconds.
fn call(name: &str) -> f64 {
    let breaker = registry().get_or_register(name, Settings::new());
    let begun = Instant::now();
    (0..100_000_000).for_each(|_| succeed(black_box(breaker)));
    begun.elapsed().as_secs_f64() * 10.0
}
