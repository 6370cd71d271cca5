//! Functions that return an iterator.

use std::iter::FusedIterator;

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted, down, now, pause};

#[circuit_breaker(name = "functions/iterators")]
fn borrowing<'a>(rows: &'a [u32], add: &'a u32) -> impl Iterator<Item = Answer> + 'a {
    rows.iter().map(move |row| Ok(row + add))
}

#[circuit_breaker(name = "functions/iterators")]
fn of_many_traits(
    rows: &[u32],
) -> impl DoubleEndedIterator<Item = Answer<&u32>> + ExactSizeIterator + FusedIterator + Send + '_ {
    rows.iter().map(Ok)
}

#[circuit_breaker(name = "functions/iterators")]
fn boxed(rows: &[u32]) -> Box<dyn Iterator<Item = Answer> + '_> {
    if rows.is_empty() {
        return Box::new(std::iter::once_with(|| down(0)));
    }
    Box::new(rows.iter().copied().map(Ok))
}

#[circuit_breaker(name = "functions/iterators")]
fn boxed_of_more(rows: Vec<u32>) -> Box<dyn ExactSizeIterator<Item = Answer> + Send> {
    Box::new(rows.into_iter().map(Ok))
}

#[circuit_breaker(name = "functions/iterators")]
fn in_a_result(rows: &[u32]) -> Answer<impl Iterator<Item = Answer> + '_> {
    let first = *rows.first().ok_or(Fault::Down(0))?;
    Ok(rows.iter().map(move |row| Ok(row - first)))
}

#[circuit_breaker(name = "functions/iterators")]
fn boxed_in_an_io_result(
    rows: Vec<u32>,
) -> std::io::Result<Box<dyn Iterator<Item = std::io::Result<u32>>>> {
    Ok(Box::new(rows.into_iter().map(Ok)))
}

#[circuit_breaker(name = "functions/iterators")]
async fn later(rows: &[u32]) -> Answer<impl Iterator<Item = Answer> + '_> {
    pause().await;
    let first = *rows.first().ok_or(Fault::Down(0))?;
    Ok(rows.iter().map(move |row| if *row < first { down(*row) } else { Ok(*row) }))
}

#[circuit_breaker(name = "functions/iterators")]
async fn boxed_later(rows: Vec<u32>) -> Answer<Box<dyn Iterator<Item = Answer> + Send>> {
    pause().await;
    Ok(Box::new(rows.into_iter().map(Ok)))
}

#[circuit_breaker(name = "functions/iterators")]
async fn later_without_a_result(n: u32) -> impl Iterator<Item = Answer> {
    pause().await;
    (0..n).map(Ok)
}

/// Items that are no results: it is the result around them that is rejected.
#[circuit_breaker(name = "functions/iterators")]
fn plain_items(n: u32) -> Answer<impl Iterator<Item = u32> + Clone> {
    Ok(0..n)
}

#[circuit_breaker(name = "functions/iterators", fallback = |_| std::iter::empty())]
fn plain_items_with_a_fallback(n: u32) -> impl Iterator<Item = u32> {
    0..n
}

#[circuit_breaker(name = "functions/iterators", fallback = |_| None)]
fn in_an_option(n: u32) -> Option<impl Iterator<Item = u32>> {
    Some(0..n)
}

#[circuit_breaker(name = "functions/iterators")]
fn of_a_type_of_its_own(n: u32) -> Answer<std::ops::Range<u32>> {
    Ok(0..n)
}

#[circuit_breaker(name = "functions/iterators")]
fn generic<I, T>(items: I) -> impl Iterator<Item = Answer<T>>
where
    I: IntoIterator<Item = T>,
{
    items.into_iter().map(Ok)
}

#[test]
fn iterators_are_as_they_were() {
    assert_eq!(borrowing(&[1, 2], &1).map(Result::unwrap).sum::<u32>(), 5);
    let mut rows = of_many_traits(&[1, 2, 3]);
    assert_eq!((rows.len(), *rows.next_back().unwrap().unwrap(), rows.len()), (3, 3, 2));
    drop(rows);
    assert_eq!(boxed(&[1]).map(Result::unwrap).collect::<Vec<_>>(), [1]);
    assert!(boxed(&[]).next().unwrap().is_err());
    assert_eq!(boxed_of_more(vec![1, 2]).len(), 2);
    assert_eq!(in_a_result(&[1, 2]).unwrap().map(Result::unwrap).max(), Some(1));
    assert_eq!(boxed_in_an_io_result(vec![1]).unwrap().count(), 1);
    assert_eq!(now(later(&[1, 2])).unwrap().count(), 2);
    assert!(now(later(&[2, 1])).unwrap().nth(1).unwrap().is_err());
    assert!(now(later(&[])).is_err());
    assert_eq!(now(boxed_later(vec![1])).unwrap().count(), 1);
    assert_eq!(now(later_without_a_result(2)).count(), 2);
    assert_eq!(plain_items(2).unwrap().clone().sum::<u32>(), 1);
    assert_eq!(plain_items_with_a_fallback(2).sum::<u32>(), 1);
    assert_eq!(in_an_option(2).unwrap().count(), 2);
    assert_eq!(of_a_type_of_its_own(2).unwrap(), 0..2);
    assert_eq!(generic(vec!['a']).map(Result::unwrap).collect::<String>(), "a");
    let breaker = breaker!("functions/iterators");
    assert_eq!((counted(breaker), breaker.snapshot().calls.cancelled), ((12, 3), 2));
}

#[test]
fn an_iterator_of_an_async_function_is_rejected_in_its_result() {
    let breaker = breaker!("functions/iterators/later");
    breaker.open();
    assert!(matches!(now(refused_later()).map(Iterator::count), Err(Fault::Refused(_))));
    assert!(matches!(now(refused_without_a_result()).next(), Some(Err(Fault::Refused(_)))));
    assert_eq!(breaker.snapshot().calls.rejected, 2);
}

#[circuit_breaker(name = "functions/iterators/later")]
async fn refused_later() -> Answer<impl Iterator<Item = Answer>> {
    Ok(std::iter::empty())
}

#[circuit_breaker(name = "functions/iterators/later")]
async fn refused_without_a_result() -> Box<dyn Iterator<Item = Answer>> {
    Box::new(std::iter::empty())
}
