//! One event of `tracing` for each change, none for a call (feature `tracing`).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use circuit_runtime::{CircuitBreaker, Mode, Settings};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::support::{TTL, fail, ms, owned, permit, rejected, succeed};

#[derive(Clone, Debug, Default)]
struct Told {
    level: Option<Level>,
    target: String,
    fields: BTreeMap<&'static str, String>,
}

impl Told {
    fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }
}

/// Hands each event of its thread on.
struct Hears<F>(F);

impl<F: Fn(&Event<'_>) + 'static> Subscriber for Hears<F> {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        (self.0)(event);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn told(of: impl FnOnce()) -> Vec<Told> {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = {
        let kept = Arc::clone(&kept);
        move |event: &Event<'_>| {
            let metadata = event.metadata();
            let mut told = Told {
                level: Some(*metadata.level()),
                target: metadata.target().to_owned(),
                ..Told::default()
            };
            event.record(&mut told);
            kept.lock().unwrap().push(told);
        }
    };
    tracing::subscriber::with_default(Hears(keep), of);
    let told: Vec<Told> = kept.lock().unwrap().clone();
    assert!(told.iter().all(|told| told.target == "circuit_runtime"));
    told
}

#[test]
fn a_trip_is_an_error_with_all_that_the_trip_says() {
    let settings =
        Settings::new().threshold(2).window(TTL).failure_rate(0.5).minimum_calls(4).ttl(TTL);
    let (breaker, _) = owned(settings);
    let told = told(|| {
        succeed(&breaker);
        succeed(&breaker);
        fail(&breaker);
        permit(&breaker).failure(&"connection refused");
    });
    let [trip] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(trip.level, Some(Level::ERROR));
    for (field, value) in [
        ("breaker", "owned"),
        ("from", "closed"),
        ("to", "open"),
        ("mode", "normal"),
        ("rule", "failure_rate"),
        ("measured", "2"),
        ("limit", "2"),
        ("window_ms", "60000"),
        ("calls", "4"),
        ("failure_rate", "0.5"),
        ("minimum_calls", "4"),
        ("open_for_ms", "60000"),
        ("last_failure", "connection refused"),
        (
            "message",
            "circuit breaker \"owned\" opened: 2 failures in 4 calls within 60s (50 %, failure_rate 50 %, \
             minimum_calls 4), last: connection refused",
        ),
    ] {
        assert_eq!(trip.field(field), value, "{field}");
    }
}

#[test]
fn calls_and_rejections_are_not_told() {
    let (breaker, _) = owned(Settings::new().threshold(9).ttl(TTL));
    let told = told(|| {
        for _ in 0..5 {
            succeed(&breaker);
            fail(&breaker);
        }
        drop(permit(&breaker));
    });
    assert!(told.is_empty(), "{told:?}");
    breaker.open();
    assert!(self::told(|| drop(rejected(&breaker))).is_empty());
}

#[test]
fn every_change_has_a_level_of_its_own() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL));
    let told = told(|| {
        fail(&breaker);
        clock.advance(TTL);
        fail(&breaker);
        clock.advance(TTL);
        succeed(&breaker);
        breaker.open();
        breaker.set_mode(Mode::Shadow);
        breaker.set_mode(Mode::Normal);
        breaker.set_ttl(ms(500)).unwrap();
        breaker.set_ttl(ms(500)).unwrap();
    });
    let levels: Vec<_> =
        told.iter().map(|told| (told.level.unwrap(), told.field("message"))).collect();
    assert_eq!(
        levels,
        [
            (
                Level::ERROR,
                "circuit breaker \"owned\" opened: 1 failure in a row (threshold 1), last: down"
            ),
            (Level::INFO, "circuit breaker \"owned\" is half-open"),
            (Level::WARN, "circuit breaker \"owned\" opened: a probe failed, last: down"),
            (Level::INFO, "circuit breaker \"owned\" is half-open"),
            (Level::INFO, "circuit breaker \"owned\" is closed"),
            (Level::WARN, "circuit breaker \"owned\" opened: opened by hand"),
            (Level::WARN, "circuit breaker \"owned\" is in mode shadow, after normal"),
            (Level::INFO, "circuit breaker \"owned\" is in mode normal, after shadow"),
            (
                Level::INFO,
                "circuit breaker \"owned\" has other settings: ttl = 500ms (was 60s), probe_timeout = 500ms (was 60s), max_ttl = 500ms (was 60s)"
            ),
        ]
    );
    assert!(told[8].field("before").starts_with("threshold = 1, ttl = 60s, window = none"));
}

#[test]
fn a_trip_in_shadow_mode_says_so_and_pages_nobody() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    breaker.set_mode(Mode::Shadow);
    let told = told(|| fail(&breaker));
    assert_eq!((told[0].field("mode"), told[0].level), ("shadow", Some(Level::WARN)));
}

#[test]
fn a_subscriber_that_panics_harms_no_call() {
    let breaker = CircuitBreaker::new("traced", Settings::new().threshold(1)).unwrap();
    let panics = Hears(|_: &Event<'_>| panic!("no room on the disk"));
    tracing::subscriber::with_default(panics, || fail(&breaker));
    assert_eq!(breaker.snapshot().listener_panics, 1);
    assert!(breaker.try_acquire().is_err());
}
