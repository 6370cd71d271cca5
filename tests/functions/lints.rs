//! Lints of the user's code still fire, and at the user's code: an expectation that is not met is a warning.

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, counted, now, pause};

#[expect(clippy::redundant_clone)]
#[circuit_breaker(name = "functions/lints")]
fn cloned(text: String) -> Answer<String> {
    let copy = text.clone();
    Ok(copy)
}

#[expect(clippy::await_holding_lock)]
#[circuit_breaker(name = "functions/lints")]
async fn locked(mutex: &std::sync::Mutex<u32>) -> Answer {
    let guard = mutex.lock().unwrap();
    pause().await;
    Ok(*guard)
}

#[expect(clippy::used_underscore_binding)]
#[circuit_breaker(name = "functions/lints")]
fn underscored(_n: u32) -> Answer {
    Ok(_n)
}

#[expect(clippy::let_and_return)]
#[circuit_breaker(name = "functions/lints")]
fn bound_and_returned(n: u32) -> Answer {
    let answer = Ok(n);
    answer
}

#[expect(clippy::map_unwrap_or, clippy::redundant_closure_for_method_calls)]
#[circuit_breaker(name = "functions/lints")]
fn pedantic(text: Option<&str>) -> Answer<usize> {
    Ok(text.map(|text| text.len()).unwrap_or(0))
}

#[expect(unused_labels, unused_unsafe)]
#[circuit_breaker(name = "functions/lints")]
fn unused(n: u32) -> Answer {
    'never: for _ in 0..1 {}
    unsafe { Ok(n) }
}

#[expect(unused_variables, unused_assignments, unused_mut)]
#[circuit_breaker(name = "functions/lints")]
async fn unused_later(mut a: u32, b: u32) -> Answer {
    let mut c = 1;
    pause().await;
    c = 2;
    Ok(a)
}

#[test]
fn lints_still_fire() {
    assert_eq!(cloned(String::new()).unwrap(), "");
    assert_eq!(now(locked(&1.into())).unwrap(), 1);
    assert_eq!((underscored(1).unwrap(), bound_and_returned(1).unwrap()), (1, 1));
    assert_eq!((pedantic(Some("a")).unwrap(), unused(1).unwrap()), (1, 1));
    assert_eq!(now(unused_later(1, 2)).unwrap(), 1);
    assert_eq!(counted(breaker!("functions/lints")), (7, 0));
}
