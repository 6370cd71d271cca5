//! What people read in logs.

use circuit_runtime::{Mode, Settings, State, breaker, circuit_breaker, registry};

use crate::support::{Answer, TTL, fail, ms, owned, permit, rejected};

#[test]
fn a_breaker_and_its_state_print_themselves() {
    let (breaker, _) = owned(Settings::new());
    assert_eq!(breaker.to_string(), r#"circuit breaker "owned" is closed"#);
    breaker.half_open();
    assert_eq!(breaker.to_string(), r#"circuit breaker "owned" is half-open"#);
    assert_eq!(format!("{:>6}|", State::Open), "  open|");
    let transitions = format!("{:?}", breaker.snapshot().transitions);
    assert!(transitions.contains(r#""closed -> half-open": 1"#), "{transitions}");
    let debug = format!("{breaker:?}");
    assert!(debug.contains(r#"name: "owned", state: HalfOpen, mode: Normal"#), "{debug}");
    let permit = format!("{:?}", permit(&breaker));
    assert!(permit.starts_with(r#"Permit { breaker: "owned""#), "{permit}");
}

#[test]
fn a_rejection_prints_how_long_to_wait() {
    let (breaker, clock) = owned(Settings::new().threshold(1).ttl(TTL));
    fail(&breaker);
    let printed = || rejected(&breaker).to_string();
    assert_eq!(printed(), r#"circuit breaker "owned" is open, retry in 60.0s"#);
    clock.advance(TTL - ms(1_000));
    assert_eq!(printed(), r#"circuit breaker "owned" is open, retry in 1.0s"#);
    clock.advance(ms(1));
    assert_eq!(printed(), r#"circuit breaker "owned" is open, retry in 999ms"#);
    let debug = format!("{:?}", rejected(&breaker));
    assert!(debug.contains(r#"name: "owned", state: Open, retry_after: Some(999ms)"#), "{debug}");
    breaker.set_mode(Mode::ForcedOpen);
    assert_eq!(printed(), r#"circuit breaker "owned" is open: forced open"#);
}

#[circuit_breaker(name = "printed/items")]
fn items() -> impl Iterator<Item = Answer> + std::fmt::Debug {
    [1, 2].into_iter().map(Ok as fn(u32) -> Answer)
}

#[test]
fn a_guarded_iterator_prints_what_it_guards() {
    let admitted = format!("{:?}", items());
    assert!(admitted.starts_with("GuardedItems(Map"), "{admitted}");
    breaker!("printed/items").open();
    let refused = format!("{:?}", items());
    assert!(refused.starts_with("GuardedItems(Some(Rejected"), "{refused}");
}

#[test]
fn the_registry_prints_the_names() {
    let names = format!("{:?}", registry());
    assert!(names.starts_with('[') && names.contains(r#""printed/items""#), "{names}");
}
