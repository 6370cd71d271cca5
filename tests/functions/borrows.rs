//! What comes in borrowed and goes out borrowed.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted};

#[derive(Debug, PartialEq)]
struct Found<'t> {
    word: &'t str,
    rest: &'t str,
}

#[derive(Debug)]
struct Table {
    rows: Vec<u32>,
    names: HashMap<u32, String>,
}

// tracing #2857
#[circuit_breaker(name = "functions/borrows")]
fn mutable(table: &mut Table) -> Answer<&mut u32> {
    table.rows.first_mut().ok_or(Fault::Down(0))
}

// tracing #2796
#[circuit_breaker(name = "functions/borrows", rejected = |_| &Fault::Down(0))]
fn both<'a>(table: &'a mut Table, fault: &'a Fault) -> Result<&'a u32, &'a Fault> {
    table.rows.push(3);
    table.rows.last().ok_or(fault)
}

#[circuit_breaker(name = "functions/borrows")]
fn in_a_struct(text: &str) -> Answer<Found<'_>> {
    let (word, rest) = text.split_once(' ').ok_or(Fault::Down(1))?;
    Ok(Found { word, rest })
}

#[circuit_breaker(name = "functions/borrows")]
fn one_of_two<'a>(long: &'a str, short: &str, asked: &Cell<u32>) -> Answer<&'a str> {
    asked.set(asked.get() + 1);
    Ok(long.strip_prefix(short).unwrap_or(long))
}

#[circuit_breaker(name = "functions/borrows")]
fn perhaps_owned(text: &str) -> Answer<Cow<'_, str>> {
    if text.contains('x') {
        return Ok(Cow::Owned(text.replace('x', "y")));
    }
    Ok(Cow::Borrowed(text))
}

#[circuit_breaker(name = "functions/borrows")]
fn of_a_map<'m>(table: &'m mut Table, key: u32) -> Answer<&'m mut String> {
    let first = table.rows.len();
    Ok(table.names.entry(key).or_insert_with(|| first.to_string()))
}

#[circuit_breaker(name = "functions/borrows")]
fn optional<'a>(row: Option<&'a mut u32>, other: &'a mut u32) -> Answer<&'a mut u32> {
    match row {
        Some(row) if *row > 3 => Ok(row),
        _ => Ok(other),
    }
}

#[circuit_breaker(name = "functions/borrows")]
fn reborrowed(sink: &mut dyn std::fmt::Write, n: u32) -> Answer<&mut dyn std::fmt::Write> {
    write!(sink, "{n}").map_err(|_| Fault::Down(2))?;
    again(sink).map_err(|_| Fault::Down(3))?;
    Ok(sink)
}

fn again(sink: &mut dyn std::fmt::Write) -> std::fmt::Result {
    sink.write_str("!")
}

#[circuit_breaker(name = "functions/borrows")]
fn a_closure(rows: &[u32]) -> Answer<Box<dyn Fn(usize) -> Option<u32> + '_>> {
    Ok(Box::new(move |n| rows.get(n).copied()))
}

#[circuit_breaker(name = "functions/borrows")]
fn a_function(double: bool) -> Answer<fn(u32) -> u32> {
    const fn same(n: u32) -> u32 {
        n
    }
    const fn twice(n: u32) -> u32 {
        n * 2
    }
    Ok(if double { twice } else { same })
}

#[circuit_breaker(name = "functions/borrows")]
fn two_phases(rows: &mut Vec<usize>) -> Answer<&mut [usize]> {
    rows.push(rows.len());
    let (left, _right) = rows.split_at_mut(1);
    left[0] += 1;
    Ok(left)
}

#[circuit_breaker(name = "functions/borrows", fallback = |text| text)]
fn no_result(text: &str) -> &str {
    text.trim()
}

#[test]
fn what_is_borrowed_is_as_it_was() {
    let mut table = Table { rows: vec![1, 2], names: HashMap::new() };
    *mutable(&mut table).unwrap() += 10;
    assert_eq!(both(&mut table, &Fault::Down(9)).unwrap(), &3);
    assert_eq!(in_a_struct("a b c").unwrap(), Found { word: "a", rest: "b c" });
    let asked = Cell::new(0);
    assert_eq!(one_of_two("abc", &String::from("ab"), &asked).unwrap(), "c");
    assert!(matches!(perhaps_owned("abc").unwrap(), Cow::Borrowed("abc")));
    assert!(matches!(perhaps_owned("axc").unwrap(), Cow::Owned(_)));
    of_a_map(&mut table, 7).unwrap().push('!');
    assert_eq!((table.rows, table.names[&7].as_str()), (vec![11, 2, 3], "3!"));
    let (mut one, mut two) = (1, 2);
    *optional(Some(&mut one), &mut two).unwrap() += 5;
    assert_eq!((one, two, asked.get()), (1, 7, 1));
    let mut sink = String::new();
    reborrowed(&mut sink, 4).unwrap().write_str("?").unwrap();
    assert_eq!(sink, "4!?");
    assert_eq!(a_closure(&[1, 2]).unwrap()(1), Some(2));
    assert_eq!((a_function(true).unwrap()(3), a_function(false).unwrap()(3)), (6, 3));
    assert_eq!(two_phases(&mut vec![5]).unwrap(), [6]);
    assert_eq!(no_result(" a "), "a");
    assert_eq!(counted(breaker!("functions/borrows")), (14, 0));
}
