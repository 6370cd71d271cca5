//! The two-step form: a permit, and what became of it.

use circuit_runtime::{Calls, Settings, State};

use crate::support::{fail, owned, permit, probeable, rejected, succeed};

#[test]
fn every_end_of_a_permit_is_counted_under_its_name() {
    let (breaker, _) = owned(Settings::new());
    permit(&breaker).success();
    permit(&breaker).failure(&"down");
    permit(&breaker).excluded();
    permit(&breaker).ignore();
    drop(permit(&breaker));
    breaker.open();
    rejected(&breaker);
    let Calls { success, failure, excluded, ignored, cancelled, rejected, .. } =
        breaker.snapshot().calls;
    assert_eq!([success, failure, excluded, ignored, cancelled, rejected], [1; 6]);
}

#[test]
fn an_excluded_end_resets_the_count_and_the_others_but_success_do_not() {
    let (breaker, _) = owned(Settings::new());
    fail(&breaker);
    permit(&breaker).ignore();
    drop(permit(&breaker));
    assert_eq!(breaker.failure_count(), 1);
    permit(&breaker).excluded();
    assert_eq!(breaker.failure_count(), 0);
}

#[test]
fn an_excluded_probe_closes_and_an_ignored_one_only_frees_its_place() {
    let (breaker, _) = probeable(Settings::new());
    permit(&breaker).ignore();
    assert_eq!(breaker.state(), State::HalfOpen);
    permit(&breaker).excluded();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_permit_may_end_on_another_thread() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    std::thread::scope(|scope| {
        let permit = permit(&breaker);
        scope.spawn(move || permit.failure(&"elsewhere"));
    });
    assert_eq!(breaker.last_trip().unwrap().last_failures, ["elsewhere"]);
}

#[test]
fn permits_may_overlap() {
    let (breaker, _) = owned(Settings::new().threshold(2));
    let (one, two) = (permit(&breaker), permit(&breaker));
    one.failure(&"one");
    two.failure(&"two");
    assert_eq!(breaker.state(), State::Open);
    breaker.close();
    succeed(&breaker);
}
