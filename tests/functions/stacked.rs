//! Breakers in breakers.

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted, down, now, pause};

#[circuit_breaker(name = "functions/stacked/outer")]
fn outer(n: u32) -> Answer {
    #[circuit_breaker(name = "functions/stacked/inner")]
    fn inner(n: u32) -> Answer {
        if n == 0 { down(n) } else { Ok(n) }
    }
    inner(n)
}

#[test]
fn a_guarded_function_inside_a_guarded_function() {
    assert_eq!(outer(1).unwrap(), 1);
    outer(0).unwrap_err();
    assert_eq!(counted(breaker!("functions/stacked/outer")), (1, 1));
    assert_eq!(counted(breaker!("functions/stacked/inner")), (1, 1));
}

#[circuit_breaker(name = "functions/stacked/upper")]
#[circuit_breaker(name = "functions/stacked/lower", threshold = 1)]
fn both(n: u32, (a, mut b): (u32, u32)) -> Answer {
    b += 1;
    if n == 0 { down(n) } else { Ok(n + a + b) }
}

#[circuit_breaker(name = "functions/stacked/upper")]
#[circuit_breaker(name = "functions/stacked/lower")]
async fn both_later(mut name: String, n: &u32) -> Answer<&u32> {
    name.push('x');
    pause().await;
    assert_eq!(name, "x");
    Ok(n)
}

#[circuit_breaker(name = "functions/stacked/upper")]
#[circuit_breaker(name = "functions/stacked/lower")]
fn both_of_items(rows: &[u32]) -> impl Iterator<Item = Answer> + '_ {
    rows.iter().map(|row| Ok(*row))
}

#[test]
fn of_two_attributes_on_one_function_the_lower_one_is_asked_first() {
    assert_eq!(both(1, (1, 1)).unwrap(), 4);
    assert_eq!(*now(both_later(String::new(), &1)).unwrap(), 1);
    assert_eq!(both_of_items(&[1]).count(), 1);
    both(0, (1, 1)).unwrap_err();
    match both(1, (1, 1)) {
        Err(Fault::Refused(refused)) => assert_eq!(refused.name(), "functions/stacked/lower"),
        other => panic!("{:?}", other),
    }
    let (upper, lower) = (breaker!("functions/stacked/upper"), breaker!("functions/stacked/lower"));
    assert_eq!((counted(upper), counted(lower)), ((3, 1), (3, 1)));
    assert_eq!(upper.snapshot().calls.rejected, 0);
    lower.close();
    upper.open();
    match both(1, (1, 1)) {
        Err(Fault::Refused(refused)) => assert_eq!(refused.name(), "functions/stacked/upper"),
        other => panic!("{:?}", other),
    }
}
