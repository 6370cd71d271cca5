//! Listeners: order, panics, calling back, removal, the registry's.

use std::sync::{Arc, Mutex};

use circuit_runtime::test_util::record;
use circuit_runtime::{
    CircuitBreaker, EventKind, Failure, Listener, ListenerId, Mode, ModeChange, Rejected, Settings,
    SettingsChange, State, StateChange, breaker, registry,
};

use crate::support::{
    TTL, fail, now, owned, panic_of, permit, rejected, succeed, without_deadlock,
};

/// Writes down what it is told; for one breaker if it has its name.
#[derive(Clone, Default)]
struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    only: Option<&'static str>,
}

impl Log {
    fn write(&self, breaker: &CircuitBreaker, line: impl Into<String>) {
        if self.only.is_none_or(|only| only == breaker.name()) {
            self.lines.lock().unwrap().push(line.into());
        }
    }

    /// What was written since it was taken last.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lines.lock().unwrap())
    }
}

impl Listener for Log {
    fn before_call(&self, breaker: &CircuitBreaker) {
        self.write(breaker, "before_call");
    }
    fn success(&self, breaker: &CircuitBreaker) {
        self.write(breaker, "success");
    }
    fn failure(&self, breaker: &CircuitBreaker, failure: &Failure<'_>) {
        self.write(breaker, format!("failure {:?} {failure}", failure.kind()));
    }
    fn excluded(&self, breaker: &CircuitBreaker) {
        self.write(breaker, "excluded");
    }
    fn ignored(&self, breaker: &CircuitBreaker) {
        self.write(breaker, "ignored");
    }
    fn cancelled(&self, breaker: &CircuitBreaker) {
        self.write(breaker, "cancelled");
    }
    fn rejected(&self, breaker: &CircuitBreaker, rejected: &Rejected) {
        self.write(breaker, format!("rejected {}", rejected.state()));
    }
    fn state_change(&self, breaker: &CircuitBreaker, change: &StateChange) {
        assert_eq!(change.to == State::Open, change.trip.is_some());
        assert_eq!(breaker.state(), change.to, "told after the state is committed");
        self.write(breaker, format!("{} to {}", change.from, change.to));
    }
    fn registered(&self, breaker: &CircuitBreaker) {
        self.write(breaker, "registered");
    }
}

#[test]
fn one_call_is_told_before_its_outcome_and_the_change_after_it() {
    let (breaker, clock) = owned(Settings::new().threshold(2).ttl(TTL));
    let log = Log::default();
    breaker.add_listener(log.clone());
    succeed(&breaker);
    fail(&breaker);
    assert_eq!(log.take(), ["before_call", "success", "before_call", "failure Error down"]);
    fail(&breaker);
    assert_eq!(log.take(), ["before_call", "failure Error down", "closed to open"]);
    rejected(&breaker);
    assert_eq!(log.take(), ["rejected open"]);
    clock.advance(TTL);
    let probe = permit(&breaker);
    assert_eq!(log.take(), ["open to half-open", "before_call"]);
    rejected(&breaker);
    assert_eq!(log.take(), ["rejected half-open"]);
    probe.success();
    assert_eq!(log.take(), ["success", "half-open to closed"]);
    permit(&breaker).excluded();
    permit(&breaker).ignore();
    drop(permit(&breaker));
    let each = ["before_call", "excluded", "before_call", "ignored", "before_call", "cancelled"];
    assert_eq!(log.take(), each);
    breaker.open();
    breaker.half_open();
    breaker.close();
    assert_eq!(log.take(), ["closed to open", "open to half-open", "half-open to closed"]);
    breaker.close();
    assert!(log.take().is_empty(), "no change, nothing to tell");
    assert_eq!(breaker.snapshot().listener_panics, 0);
}

#[test]
fn the_kind_of_failure_is_told() {
    let (breaker, _) = owned(Settings::new());
    let log = Log::default();
    breaker.add_listener(log.clone());
    panic_of(|| breaker.call(|| -> Result<(), &str> { panic!("unwinds") }));
    breaker.call(|| Err::<(), _>("down")).unwrap_err();
    assert_eq!(log.take()[1], "failure Panic panicked");
}

struct Panics;

impl Listener for Panics {
    fn before_call(&self, _: &CircuitBreaker) {
        panic!("before_call")
    }
    fn success(&self, _: &CircuitBreaker) {
        panic!("success")
    }
    fn failure(&self, _: &CircuitBreaker, _: &Failure<'_>) {
        panic!("failure")
    }
    fn rejected(&self, _: &CircuitBreaker, _: &Rejected) {
        panic!("rejected")
    }
    fn state_change(&self, _: &CircuitBreaker, _: &StateChange) {
        panic!("state_change")
    }
}

#[test]
fn a_listener_that_panics_harms_neither_the_call_nor_the_other_listeners() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL));
    let log = Log::default();
    breaker.add_listener(Panics);
    breaker.add_listener(log.clone());
    assert_eq!(breaker.call(|| Ok::<_, ()>(7)).unwrap(), 7);
    assert_eq!(now(breaker.call_async(async { Ok::<_, ()>(7) })).unwrap(), 7);
    fail(&breaker);
    rejected(&breaker);
    clock.advance(TTL);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(log.take().len(), 4 + 3 + 1 + 4);
    assert_eq!(breaker.snapshot().listener_panics, 12);
}

/// Does to the breaker whatever a breaker lets be done to it.
struct CallsBack;

impl Listener for CallsBack {
    fn failure(&self, breaker: &CircuitBreaker, _: &Failure<'_>) {
        breaker.snapshot();
        breaker.set_ttl(TTL).unwrap();
        drop(breaker.try_acquire());
        let id = breaker.add_listener(Log::default());
        assert!(breaker.remove_listener(id));
    }
    fn state_change(&self, breaker: &CircuitBreaker, change: &StateChange) {
        assert_eq!(breaker.snapshot().last_trip.is_some(), breaker.last_trip().is_some());
        if change.to == State::Open {
            breaker.close();
        }
    }
}

#[test]
fn a_listener_may_call_back_into_the_breaker() {
    without_deadlock(|| {
        let (breaker, _) = owned(Settings::new().threshold(1));
        breaker.add_listener(CallsBack);
        fail(&breaker);
        assert_eq!(breaker.state(), State::Closed, "the listener closed it");
        assert_eq!(breaker.snapshot().listener_panics, 0);
    });
}

#[test]
fn a_removed_listener_is_told_no_more() {
    let (breaker, _) = owned(Settings::new());
    let (stays, goes) = (Log::default(), Log::default());
    let id = breaker.add_listener(goes.clone());
    breaker.add_listener(stays.clone());
    assert!(breaker.remove_listener(id));
    assert!(!breaker.remove_listener(id));
    succeed(&breaker);
    assert_eq!((goes.take().len(), stays.take().len()), (0, 2));
}

#[derive(Clone, Default)]
struct RemovesItself(Arc<Mutex<Option<ListenerId>>>, Log);

impl Listener for RemovesItself {
    fn success(&self, breaker: &CircuitBreaker) {
        self.1.write(breaker, "success");
        breaker.remove_listener(self.0.lock().unwrap().unwrap());
    }
}

#[test]
fn a_listener_may_remove_itself() {
    without_deadlock(|| {
        let (breaker, _) = owned(Settings::new());
        let once = RemovesItself::default();
        *once.0.lock().unwrap() = Some(breaker.add_listener(once.clone()));
        succeed(&breaker);
        succeed(&breaker);
        assert_eq!(once.1.take(), ["success"]);
    });
}

#[test]
fn a_listener_of_the_registry_hears_breakers_there_are_and_those_that_come_later() {
    let log = |only| Log { only: Some(only), ..Log::default() };
    let (early, late) = (log("listeners/early"), log("listeners/late"));
    succeed(registry().get("listeners/early").unwrap());
    let ids = [registry().add_listener(early.clone()), registry().add_listener(late.clone())];
    succeed(breaker!("listeners/early", threshold = 1));
    assert_eq!(early.take(), ["before_call", "success"]);

    let breaker = registry().get_or_register("listeners/late", Settings::new());
    registry().get_or_register("listeners/late", Settings::new());
    succeed(breaker);
    assert_eq!(late.take(), ["registered", "before_call", "success"]);

    assert!(ids.into_iter().all(|id| registry().remove_listener(id)));
    assert!(!registry().remove_listener(ids[0]));
    succeed(breaker);
    assert!(late.take().is_empty());
}

#[test]
fn a_listener_removed_from_the_registry_is_told_of_no_later_breaker_and_the_others_are() {
    let log = || Log { only: Some("listeners/later still"), ..Log::default() };
    let (stays, goes) = (log(), log());
    let [stay, go] = [&stays, &goes].map(|log| registry().add_listener(log.clone()));
    assert!(registry().remove_listener(go));
    succeed(registry().get_or_register("listeners/later still", Settings::new()));
    assert_eq!((goes.take().len(), stays.take().len()), (0, 3));
    assert!(registry().remove_listener(stay));
}

#[test]
fn a_listener_added_while_a_call_is_out_hears_its_outcome() {
    let (breaker, _) = owned(Settings::new());
    let out = permit(&breaker);
    let log = Log::default();
    breaker.add_listener(log.clone());
    out.success();
    assert_eq!(log.take(), ["success"]);
}

#[test]
fn a_call_that_shadow_lets_through_is_told_as_rejected_and_then_as_a_call() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    let log = Log::default();
    breaker.add_listener(log.clone());
    breaker.set_mode(Mode::Shadow);
    fail(&breaker);
    log.take();
    succeed(&breaker);
    assert_eq!(log.take(), ["rejected open", "before_call", "success"]);
}

#[test]
fn the_registry_leaves_a_listener_alone_that_a_breaker_was_given_itself() {
    let breaker = breaker!("listeners/own", threshold = 1);
    let log = Log::default();
    let id = breaker.add_listener(log.clone());
    assert!(!registry().remove_listener(id), "it is not the registry's");
    succeed(breaker);
    assert_eq!(log.take(), ["before_call", "success"]);
}

/// Writes down changes, and says that it wants no more than these.
#[derive(Clone, Default)]
struct Changes(Log);

impl Listener for Changes {
    fn hears_calls(&self) -> bool {
        false
    }
    fn before_call(&self, breaker: &CircuitBreaker) {
        self.0.before_call(breaker);
    }
    fn success(&self, breaker: &CircuitBreaker) {
        self.0.success(breaker);
    }
    fn failure(&self, breaker: &CircuitBreaker, failure: &Failure<'_>) {
        self.0.failure(breaker, failure);
    }
    fn rejected(&self, breaker: &CircuitBreaker, rejected: &Rejected) {
        self.0.rejected(breaker, rejected);
    }
    fn state_change(&self, breaker: &CircuitBreaker, change: &StateChange) {
        self.0.state_change(breaker, change);
    }
    fn mode_change(&self, breaker: &CircuitBreaker, change: &ModeChange) {
        assert_eq!(breaker.mode(), change.to);
        self.0.write(breaker, format!("{} to {}", change.from, change.to));
    }
    fn settings_change(&self, breaker: &CircuitBreaker, change: &SettingsChange) {
        assert_eq!(breaker.settings().with_defaults(), change.after);
        self.0.write(breaker, change.to_string());
    }
}

#[test]
fn a_listener_may_hear_changes_alone_beside_one_that_hears_all() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    let (changes, all) = (Changes::default(), Log::default());
    breaker.add_listener(changes.clone());
    succeed(&breaker);
    let id = breaker.add_listener(all.clone());
    fail(&breaker);
    rejected(&breaker);
    assert_eq!(changes.0.take(), ["closed to open"]);
    assert_eq!(all.take().len(), 4);
    breaker.remove_listener(id);
    breaker.close();
    assert_eq!(changes.0.take(), ["open to closed"]);
}

#[test]
fn changes_of_mode_and_settings_are_told_where_something_changes() {
    let (breaker, _) = owned(Settings::new().threshold(3));
    let changes = Changes::default();
    breaker.add_listener(changes.clone());
    breaker.set_mode(Mode::Shadow);
    breaker.set_mode(Mode::Shadow);
    breaker.set_threshold(4).unwrap();
    breaker.set_threshold(4).unwrap();
    breaker.set_threshold(0).unwrap_err();
    breaker.reset_settings();
    breaker.reset_settings();
    // Given, and no other than it was by default.
    breaker.set_settings(Settings::new().probes(1)).unwrap();
    let told = ["normal to shadow", "threshold = 4 (was 3)", "threshold = 3 (was 4)"];
    assert_eq!(changes.0.take(), told);
}

/// Writes into one log with others.
struct Named(&'static str, Log);

impl Listener for Named {
    fn before_call(&self, breaker: &CircuitBreaker) {
        self.1.write(breaker, format!("{} before_call", self.0));
    }
    fn failure(&self, breaker: &CircuitBreaker, _: &Failure<'_>) {
        self.1.write(breaker, format!("{} failure", self.0));
    }
    fn state_change(&self, breaker: &CircuitBreaker, _: &StateChange) {
        self.1.write(breaker, format!("{} state_change", self.0));
    }
}

#[test]
fn listeners_are_told_each_thing_in_the_order_in_which_they_came() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    let log = Log::default();
    for name in ["first", "second"] {
        breaker.add_listener(Named(name, log.clone()));
    }
    fail(&breaker);
    let each = ["before_call", "failure", "state_change"];
    let told = each.map(|what| [format!("first {what}"), format!("second {what}")]);
    assert_eq!(log.take(), told.concat());
}

#[test]
fn changes_of_state_are_numbered_as_they_happened() {
    let (breaker, _) = owned(Settings::new());
    let recorder = record(&breaker);
    breaker.open();
    breaker.open();
    breaker.half_open();
    breaker.close();
    let numbers = recorder.take().into_iter().map(|event| match event.kind {
        EventKind::StateChange(change) => (change.number, change.to),
        other => panic!("{other}"),
    });
    let expected = [(1, State::Open), (2, State::HalfOpen), (3, State::Closed)];
    assert_eq!(numbers.collect::<Vec<_>>(), expected);
    assert_eq!(breaker.snapshot().transitions.total(), 3);
}

#[test]
fn a_listener_that_panics_when_asked_what_it_hears_hears_all() {
    struct Unsure(Log);
    impl Listener for Unsure {
        fn hears_calls(&self) -> bool {
            panic!("who knows")
        }
        fn success(&self, breaker: &CircuitBreaker) {
            self.0.success(breaker);
        }
    }
    let (breaker, _) = owned(Settings::new());
    let log = Log::default();
    breaker.add_listener(Unsure(log.clone()));
    succeed(&breaker);
    assert_eq!(log.take(), ["success"]);
}

#[test]
fn listeners_may_be_shared_or_chosen_at_run_time() {
    let (breaker, _) = owned(Settings::new());
    let (shared, changes) = (Arc::new(Log::default()), Changes::default());
    let chosen: Vec<Box<dyn Listener>> =
        vec![Box::new(changes.clone()), Box::new(Arc::clone(&shared))];
    for listener in chosen {
        breaker.add_listener(listener);
    }
    succeed(&breaker);
    breaker.set_mode(Mode::Disabled);
    assert_eq!(shared.take(), ["before_call", "success"]);
    assert_eq!(changes.0.take(), ["normal to disabled"]);
}
