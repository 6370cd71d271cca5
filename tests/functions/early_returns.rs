//! Ways out of a function before its end.

use std::error::Error;

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, now, pause};

macro_rules! give_up {
    ($n:expr) => {
        return Err(Fault::Down($n))
    };
}

macro_rules! check {
    ($condition:expr) => {
        if !$condition {
            Err(Fault::Down(0))?;
        }
    };
}

#[circuit_breaker(name = "functions/early_returns")]
fn hidden(n: u32) -> Answer {
    for m in 0..n {
        if m == 2 {
            give_up!(m);
        }
        check!(m < 2);
    }
    Ok(n)
}

#[circuit_breaker(name = "functions/early_returns")]
async fn hidden_later(n: u32) -> Answer {
    pause().await;
    check!(n < 9);
    if n > 2 {
        give_up!(n);
    }
    Ok(n)
}

#[circuit_breaker(name = "functions/early_returns")]
fn question_marks(text: &str) -> Result<u32, Box<dyn Error + Send + Sync>> {
    let n: u32 = text.trim().parse()?;
    let closure =
        || -> Result<u32, std::num::ParseIntError> { Ok(text.trim().parse::<u32>()? + n) };
    if n > 9 {
        Err("too many")?;
    }
    Ok(closure()?)
}

#[circuit_breaker(name = "functions/early_returns", fallback = |_| None)]
fn of_an_option(rows: &[u32]) -> Option<u32> {
    let first = rows.first()?;
    let (Some(last), true) = (rows.last(), *first > 0) else { return None };
    Some(first + last)
}

#[circuit_breaker(name = "functions/early_returns")]
fn labelled(n: u32) -> Answer {
    let found = 'search: {
        for m in 0..n {
            if m * m == n {
                break 'search Some(m);
            }
        }
        None
    };
    let mut count = 0;
    'ret: loop {
        loop {
            count += 1;
            if count > 3 {
                break 'ret;
            }
            if count % 2 == 0 {
                continue 'ret;
            }
        }
    }
    found.map(|m| m + count).ok_or(Fault::Down(n))
}

#[circuit_breaker(name = "functions/early_returns")]
fn in_a_nested_closure(rows: &[u32]) -> Answer {
    let sum = rows.iter().try_fold(0, |sum, row| {
        if *row == 0 {
            return Err(Fault::Down(sum));
        }
        Ok(sum + row)
    })?;
    if sum > 5 {
        return Ok(5);
    }
    Ok(sum)
}

#[circuit_breaker(name = "functions/early_returns")]
async fn in_a_nested_block(n: u32) -> Answer<Vec<u32>> {
    let half = async {
        if n % 2 == 1 {
            return Err(Fault::Down(n));
        }
        Ok(n / 2)
    };
    let half = half.await?;
    pause().await;
    if half == 0 {
        return Ok(vec![]);
    }
    Ok(vec![half; 2])
}

// async-trait #149
#[circuit_breaker(name = "functions/early_returns")]
fn coerced(n: u32) -> Result<Box<dyn Fn() -> u32>, Box<dyn Error>> {
    match n {
        0 => return Err("zero".into()),
        1 => return Ok(Box::new(|| 1)),
        _ => {}
    }
    Ok(Box::new(move || n))
}

#[circuit_breaker(name = "functions/early_returns")]
async fn coerced_later(n: u32) -> Result<Box<dyn Fn() -> u32>, Box<dyn Error>> {
    pause().await;
    match n {
        0 => return Err("zero".into()),
        1 => return Ok(Box::new(|| 1)),
        _ => {}
    }
    Ok(Box::new(move || n))
}

#[circuit_breaker(name = "functions/early_returns")]
async fn selected(n: u32) -> Answer {
    tokio::select! {
        biased;
        () = std::future::pending() => Ok(0),
        () = pause(), if n > 5 => return Ok(n),
        () = std::future::ready(()) => Err(Fault::Down(n)),
    }
}

#[test]
fn ways_out_lead_out_of_the_function() {
    assert_eq!((hidden(2).unwrap(), now(hidden_later(2)).unwrap()), (2, 2));
    assert!(matches!(hidden(3), Err(Fault::Down(2))));
    assert!(matches!(now(hidden_later(3)), Err(Fault::Down(3))));
    assert!(matches!(now(hidden_later(9)), Err(Fault::Down(0))));
    assert_eq!(question_marks(" 2 ").unwrap(), 4);
    assert!(question_marks("x").unwrap_err().is::<std::num::ParseIntError>());
    assert_eq!(question_marks("10").unwrap_err().to_string(), "too many");
    assert_eq!(
        (of_an_option(&[1, 2]), of_an_option(&[0, 2]), of_an_option(&[])),
        (Some(3), None, None)
    );
    assert_eq!(labelled(9).unwrap(), 7);
    assert_eq!((in_a_nested_closure(&[1, 2]).unwrap(), in_a_nested_closure(&[6]).unwrap()), (3, 5));
    assert!(matches!(in_a_nested_closure(&[1, 0]), Err(Fault::Down(1))));
    assert_eq!(now(in_a_nested_block(4)).unwrap(), [2, 2]);
    assert_eq!(now(in_a_nested_block(0)).unwrap(), [0_u32; 0]);
    assert_eq!((coerced(1).unwrap()(), coerced(2).unwrap()()), (1, 2));
    assert_eq!((now(coerced_later(1)).unwrap()(), now(coerced_later(2)).unwrap()()), (1, 2));
    assert!(matches!(now(selected(1)), Err(Fault::Down(1))));
    breaker!("functions/early_returns").close();
    assert!(matches!(now(selected(9)), Ok(9) | Err(Fault::Down(9))));
}
