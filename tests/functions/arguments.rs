//! Arguments of every pattern and type.

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted, now, pause};

#[derive(Debug)]
struct Point {
    x: u32,
    y: u32,
}

#[derive(Debug)]
struct Pair(String, String);

#[derive(Debug)]
enum Either {
    Left(u32),
    Right(u32),
}

// async-trait #129, #277, #234; tracing #1167
#[circuit_breaker(name = "functions/arguments")]
fn patterns(
    mut a: Vec<u32>,
    Point { x, mut y }: Point,
    (b, [c, .., d]): (u32, [u32; 3]),
    &e: &u32,
    f @ (g, _): (u32, u32),
    ref h: u32,
    ref mut i: u32,
    (Either::Left(j) | Either::Right(j)): Either,
    [first, rest @ ..]: [u32; 3],
    _: u32,
    _ignored: u32,
    k: u32,
) -> Answer {
    y += 1;
    *i += 1;
    a.extend([x, y, b, c, d, e, f.1, g, *h, *i, j, first, k]);
    Ok(a.iter().chain(&rest).sum())
}

#[circuit_breaker(name = "functions/arguments")]
async fn patterns_later(
    mut a: Vec<u32>,
    Point { x, mut y }: Point,
    (b, [c, .., mut d]): (u32, [u32; 3]),
    &e: &u32,
    f @ (g, _): (u32, u32),
    ref h: u32,
    ref mut i: u32,
    (Either::Left(j) | Either::Right(j)): Either,
    _: u32,
    _ignored: u32,
) -> Answer {
    y += 1;
    d += 1;
    pause().await;
    *i += 1;
    a.extend([x, y, b, c, d, e, f.1, g, *h, *i, j]);
    pause().await;
    Ok(a.into_iter().sum())
}

// async-trait #226, #288
#[circuit_breaker(name = "functions/arguments")]
fn conditional(
    a: u32,
    #[cfg(not(test))] missing: u32,
    #[cfg(test)] present: u32,
    #[cfg_attr(test, allow(unused_variables))] unused: u32,
) -> Answer {
    #[cfg(not(test))]
    let present = missing.count();
    Ok(a + present)
}

#[circuit_breaker(name = "functions/arguments")]
async fn conditional_later(
    #[cfg(not(test))] missing: u32,
    #[cfg(test)] mut text: &str,
) -> Answer<usize> {
    pause().await;
    text = text.trim();
    Ok(text.len())
}

// tracing #2717
#[circuit_breaker(name = "functions/arguments")]
async fn assigned_to_a_local(mut text: &str) -> Answer<usize> {
    let twice = text.repeat(2);
    text = &twice;
    pause().await;
    Ok(text.len())
}

#[circuit_breaker(name = "functions/arguments")]
fn moved_in_part(Pair(first, _): Pair, pair: Pair) -> Answer<(String, usize)> {
    let second = pair.1;
    Ok((first + &second, pair.0.len()))
}

#[circuit_breaker(name = "functions/arguments")]
async fn moved_in_part_later(pair: Pair, array: [String; 2]) -> Answer<String> {
    let [one, _two] = array;
    pause().await;
    let first = pair.0;
    pause().await;
    Ok(first + &pair.1 + &one)
}

#[circuit_breaker(name = "functions/arguments")]
fn taken_as_traits(
    into: impl Into<String>,
    each: impl IntoIterator<Item = impl Into<u64>>,
    call: impl FnOnce(u64) -> u64,
    print: &impl std::fmt::Display,
) -> Answer<String> {
    let sum = each.into_iter().map(Into::into).sum();
    Ok(format!("{}{}{print}", into.into(), call(sum)))
}

#[circuit_breaker(name = "functions/arguments")]
fn called(
    once: Box<dyn FnOnce() -> u32>,
    many: &mut dyn FnMut(u32),
    each: &dyn Fn(u32) -> u32,
) -> Answer {
    many(once());
    many(each(2));
    Ok(each(1))
}

#[circuit_breaker(name = "functions/arguments")]
fn thirteen(
    a: u8,
    b: u8,
    c: u8,
    d: u8,
    e: u8,
    f: u8,
    g: u8,
    h: u8,
    i: u8,
    j: u8,
    k: u8,
    l: u8,
    m: u8,
) -> Answer {
    Ok([a, b, c, d, e, f, g, h, i, j, k, l, m].iter().copied().map(u32::from).sum())
}

#[circuit_breaker(name = "functions/arguments", fallback = more_than_eight)]
fn nine_with_a_fallback(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8) -> u8 {
    a + b + c + d + e + f + g + h + i
}

const fn more_than_eight(a: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8) -> u8 {
    a
}

#[circuit_breaker(name = "functions/arguments")]
fn never_named(_: std::sync::MutexGuard<'_, u32>, unit: ()) -> Answer<()> {
    Ok(unit)
}

#[circuit_breaker(name = "functions/arguments")]
fn assigned(mut n: u32, mut rows: Vec<u32>) -> Answer<Vec<u32>> {
    while n > 0 {
        rows.push(n);
        n -= 1;
    }
    rows = rows.split_off(1);
    Ok(rows)
}

#[test]
fn arguments_are_as_they_were() {
    let point = || Point { x: 1, y: 2 };
    let left = Either::Left(1);
    let sum =
        patterns(vec![1], point(), (1, [1, 2, 3]), &5, (6, 7), 8, 9, left, [1, 2, 3], 0, 0, 1);
    assert_eq!(sum.unwrap(), 1 + 1 + 3 + 1 + 1 + 3 + 5 + 7 + 6 + 8 + 10 + 1 + 1 + 1 + 2 + 3);
    let sum =
        patterns_later(vec![1], point(), (1, [1, 2, 3]), &5, (6, 7), 8, 9, Either::Right(1), 0, 0);
    assert_eq!(now(sum).unwrap(), 1 + 1 + 3 + 1 + 1 + 4 + 5 + 7 + 6 + 8 + 10 + 1);
    assert_eq!(conditional(1, 2, 3).unwrap(), 3);
    assert_eq!(now(conditional_later(" a ")).unwrap(), 1);
    assert_eq!(now(assigned_to_a_local("ab")).unwrap(), 4);
    let pair = || Pair("a".into(), "b".into());
    assert_eq!(moved_in_part(pair(), pair()).unwrap(), ("ab".into(), 1));
    assert_eq!(now(moved_in_part_later(pair(), ["c".into(), "d".into()])).unwrap(), "abc");
    assert_eq!(taken_as_traits("n", vec![1_u8, 2], |n| n * 2, &'!').unwrap(), "n6!");
    let mut seen = Vec::new();
    assert_eq!(called(Box::new(|| 7), &mut |n| seen.push(n), &|n| n * 2).unwrap(), 2);
    assert_eq!(seen, [7, 4]);
    assert_eq!(thirteen(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1).unwrap(), 13);
    assert_eq!(nine_with_a_fallback(1, 1, 1, 1, 1, 1, 1, 1, 1), 9);
    let mutex = std::sync::Mutex::new(1);
    never_named(mutex.lock().unwrap(), ()).unwrap();
    drop(mutex.try_lock().expect("released"));
    assert_eq!(assigned(3, vec![0]).unwrap(), [3, 2, 1]);
    assert!(matches!(failing(Fault::Down(1)), Err(Fault::Down(1))));
    assert_eq!(counted(breaker!("functions/arguments")), (13, 1));
}

#[circuit_breaker(name = "functions/arguments")]
fn failing(fault: Fault) -> Answer {
    Err(fault)
}
