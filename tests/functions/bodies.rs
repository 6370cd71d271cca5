//! Bodies that end in no way, or in an unusual one.

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted, now, pause};

#[circuit_breaker(name = "functions/bodies")]
fn both_arms_return(n: u32) -> Answer {
    if n == 0 {
        return Err(Fault::Down(n));
    } else {
        return Ok(n);
    }
}

#[circuit_breaker(name = "functions/bodies")]
fn ends_in_a_loop(mut n: u32) -> Answer {
    loop {
        n += 1;
        if n > 3 {
            break Ok(n);
        }
    }
}

#[circuit_breaker(name = "functions/bodies")]
fn returns_from_a_loop(mut n: u32) -> Answer {
    loop {
        n += 1;
        if n > 3 {
            return Ok(n);
        }
    }
}

#[circuit_breaker(name = "functions/bodies")]
async fn returns_from_a_loop_later(mut n: u32) -> Answer {
    loop {
        n += 1;
        pause().await;
        if n > 3 {
            return Ok(n);
        }
    }
}

#[circuit_breaker(name = "functions/bodies")]
fn panics(text: &str) -> Answer {
    panic!("{}", text)
}

#[circuit_breaker(name = "functions/bodies")]
fn not_written_yet(_later: u32) -> Answer {
    todo!()
}

#[circuit_breaker(name = "functions/bodies")]
async fn not_written_yet_later(_later: u32) -> Answer {
    unimplemented!("later")
}

// tracing #1614
#[circuit_breaker(name = "functions/bodies", fallback = |_| ())]
fn nothing(rows: &mut Vec<u32>) {
    rows.push(1);
}

#[circuit_breaker(name = "functions/bodies", fallback = |_| ())]
fn nothing_explicitly(rows: &mut Vec<u32>) -> () {
    rows.push(2);
}

#[circuit_breaker(name = "functions/bodies", fallback = || ())]
fn empty() {}

#[circuit_breaker(name = "functions/bodies", fallback = async || ())]
async fn empty_later() {}

#[circuit_breaker(name = "functions/bodies")]
fn unit_in_a_result(rows: &mut Vec<u32>) -> Answer<()> {
    Ok(rows.push(3))
}

#[circuit_breaker(name = "functions/bodies")]
fn a_block_and_a_match(n: Option<u32>) -> Answer {
    {
        match n {
            Some(n) if n > 3 => Ok(n),
            Some(0) => unreachable!(),
            _ => Err(Fault::Down(0)),
        }
    }
}

#[circuit_breaker(name = "functions/bodies")]
fn unsafe_inside(n: &u32) -> Answer {
    let n: *const u32 = n;
    // SAFETY: it was a reference.
    unsafe { Ok(*n) }
}

#[circuit_breaker(name = "functions/bodies")]
fn items_of_every_kind(n: u32) -> Answer {
    const TWO: u32 = 2;
    static THREE: u32 = 3;
    type Number = u32;
    macro_rules! four {
        () => {
            4
        };
    }
    mod inside {
        pub(super) const FIVE: u32 = 5;
    }
    trait Six {
        fn six(&self) -> u32;
    }
    impl Six for u32 {
        fn six(&self) -> u32 {
            self + 6
        }
    }
    #[circuit_breaker(name = "functions/bodies")]
    fn guarded(n: Number) -> Answer {
        Ok(n)
    }
    use inside::FIVE;
    Ok(guarded(n + TWO + THREE + four!() + FIVE)?.six())
}

// 50: inference reaches the body from what is returned.
#[circuit_breaker(name = "functions/bodies")]
fn literals() -> Answer<u64> {
    let mut x = 1;
    x <<= 40;
    let large = 0xffff_ffff_ffff;
    Ok(x + large - u64::from(b'a') - 1_000_000_000_000)
}

#[circuit_breaker(name = "functions/bodies")]
async fn literals_later() -> Answer<(u64, f32, [i8; 2])> {
    let mut x = 1;
    x <<= 40;
    pause().await;
    Ok((x, 1.5, [-1, 1]))
}

#[circuit_breaker(name = "functions/bodies")]
fn inferred(empty: bool) -> Answer<Vec<u32>> {
    let mut items = Vec::new();
    if empty {
        return Ok("".split(',').filter_map(|_| None).collect());
    }
    for text in &["1", "2"] {
        items.push(text.parse().unwrap_or_default());
    }
    Ok(items)
}

#[circuit_breaker(name = "functions/bodies")]
fn factorial(n: u32) -> Answer {
    if n == 0 { Ok(1) } else { Ok(n * factorial(n - 1)?) }
}

#[circuit_breaker(name = "functions/bodies")]
async fn countdown(n: u32) -> Answer {
    if n == 0 { Ok(0) } else { Box::pin(countdown(n - 1)).await }
}

#[test]
fn bodies_are_as_they_were() {
    assert_eq!(both_arms_return(1).unwrap(), 1);
    assert_eq!((ends_in_a_loop(0).unwrap(), returns_from_a_loop(0).unwrap()), (4, 4));
    assert_eq!(now(returns_from_a_loop_later(0)).unwrap(), 4);
    let mut rows = Vec::new();
    nothing(&mut rows);
    nothing_explicitly(&mut rows);
    empty();
    now(empty_later());
    unit_in_a_result(&mut rows).unwrap();
    assert_eq!(rows, [1, 2, 3]);
    assert_eq!(a_block_and_a_match(Some(4)).unwrap(), 4);
    assert_eq!((unsafe_inside(&1).unwrap(), items_of_every_kind(1).unwrap()), (1, 21));
    assert_eq!(literals().unwrap(), (1 << 40) + 0xffff_ffff_ffff - 97 - 1_000_000_000_000);
    assert_eq!(now(literals_later()).unwrap(), (1 << 40, 1.5, [-1, 1]));
    assert_eq!((inferred(false).unwrap(), inferred(true).unwrap()), (vec![1, 2], vec![]));
    assert_eq!((factorial(5).unwrap(), now(countdown(5)).unwrap()), (120, 0));
    assert_eq!(counted(breaker!("functions/bodies")), (29, 0));
    std::panic::catch_unwind(|| panics("in the body")).unwrap_err();
    std::panic::catch_unwind(|| not_written_yet(1)).unwrap_err();
    std::panic::catch_unwind(|| now(not_written_yet_later(1))).unwrap_err();
    assert_eq!(counted(breaker!("functions/bodies")), (29, 3));
}
