//! 1. The `threshold`-th failure trips; the call that tripped returns its own error; a success resets.

use circuit_runtime::{Settings, State, breaker, circuit_breaker};

use crate::support::{Answer, Fault, down, fail, owned, succeed};

#[circuit_breaker(name = "trip/sync", threshold = 3, ttl = 60)]
fn fetch(answer: Answer, made: &mut u32) -> Answer {
    *made += 1;
    answer
}

#[test]
fn the_threshold_th_failure_trips_and_the_call_that_tripped_returns_its_own_error() {
    let mut made = 0;
    for n in 1..=3 {
        assert_eq!(breaker!("trip/sync").state(), State::Closed);
        let error = fetch(down(n), &mut made).unwrap_err();
        assert!(matches!(error, Fault::Down(m) if m == n), "{error}");
    }
    assert_eq!(breaker!("trip/sync").state(), State::Open);
    let error = fetch(Ok(1), &mut made).unwrap_err();
    assert!(matches!(error, Fault::Refused(_)), "{error}");
    assert_eq!(made, 3, "a rejected call is not made");
}

#[test]
fn a_success_in_between_resets_the_count() {
    let (breaker, _) = owned(Settings::new().threshold(3));
    for _ in 0..10 {
        fail(&breaker);
        fail(&breaker);
        assert_eq!(breaker.failure_count(), 2);
        succeed(&breaker);
        assert_eq!((breaker.failure_count(), breaker.state()), (0, State::Closed));
    }
}

#[test]
fn a_threshold_of_one_trips_at_the_first_failure() {
    let (breaker, _) = owned(Settings::new().threshold(1));
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.failure_count(), 0, "nothing is counted while open");
}

#[test]
fn the_default_threshold_is_five() {
    let (breaker, _) = owned(Settings::new());
    (0..4).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

const THRESHOLD: u32 = 2;

#[circuit_breaker(name = "trip/const", threshold = THRESHOLD)]
fn by_constant(answer: Answer) -> Answer {
    answer
}

#[test]
fn a_threshold_may_be_a_constant() {
    by_constant(down(1)).unwrap_err();
    assert_eq!(breaker!("trip/const").state(), State::Closed);
    by_constant(down(2)).unwrap_err();
    assert_eq!(breaker!("trip/const").state(), State::Open);
}

#[circuit_breaker(name = "trip/shared", threshold = 2)]
fn one(answer: Answer) -> Answer {
    answer
}

#[circuit_breaker(name = "trip/shared")]
fn other(answer: Answer) -> Answer {
    answer
}

#[test]
fn functions_of_one_name_share_one_breaker() {
    one(down(1)).unwrap_err();
    other(down(2)).unwrap_err();
    assert!(matches!(one(Ok(1)), Err(Fault::Refused(_))));
    assert!(matches!(other(Ok(1)), Err(Fault::Refused(_))));
}
