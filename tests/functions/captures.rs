//! Arguments that a closure would capture in part, in the editions in which it does.

use std::cell::RefCell;

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Noisy, counted, now, pause};

#[derive(Debug)]
struct Both<'l> {
    one: Noisy<'l>,
    two: Noisy<'l>,
}

// async-trait #199, tracing #2049
#[circuit_breaker(name = "functions/captures")]
fn one_field(both: Both<'_>, last: Noisy<'_>) -> Answer<&'static str> {
    let one = both.one.0;
    last.1.borrow_mut().push("body");
    Ok(one)
}

#[circuit_breaker(name = "functions/captures")]
async fn one_field_later(both: Both<'_>, last: Noisy<'_>) -> Answer<&'static str> {
    pause().await;
    let one = both.one.0;
    last.1.borrow_mut().push("body");
    Ok(one)
}

#[circuit_breaker(name = "functions/captures")]
fn one_field_moved(both: Both<'_>) -> Answer<usize> {
    let one = both.one;
    Ok(one.0.len())
}

#[circuit_breaker(name = "functions/captures")]
fn never_read(_guard: Noisy<'_>, log: &RefCell<Vec<&'static str>>) -> Answer<()> {
    log.borrow_mut().push("body");
    Ok(())
}

// rust #54716
#[circuit_breaker(name = "functions/captures")]
async fn never_read_later(_guard: Noisy<'_>, log: &RefCell<Vec<&'static str>>) -> Answer<()> {
    pause().await;
    log.borrow_mut().push("body");
    Ok(())
}

#[test]
fn arguments_are_captured_whole() {
    let log = RefCell::new(Vec::new());
    let both = || Both { one: Noisy("one", &log), two: Noisy("two", &log) };
    one_field(both(), Noisy("last", &log)).unwrap();
    assert_eq!(log.take(), ["body", "last", "one", "two"]);
    now(one_field_later(both(), Noisy("last", &log))).unwrap();
    assert_eq!(log.take(), ["body", "last", "one", "two"]);
    drop(one_field_later(both(), Noisy("last", &log)));
    assert_eq!(log.take(), ["one", "two", "last"], "never polled");
    assert_eq!(both().two.0.len() + one_field_moved(both()).unwrap(), 6);
    assert_eq!(log.take(), ["one", "two", "one", "two"]);
    never_read(Noisy("guard", &log), &log).unwrap();
    assert_eq!(log.take(), ["body", "guard"]);
    now(never_read_later(Noisy("guard", &log), &log)).unwrap();
    assert_eq!(log.take(), ["body", "guard"]);
    assert_eq!(counted(breaker!("functions/captures")), (5, 0));
}
