//! 8. An iterator is one call with one outcome.

use std::sync::atomic::{AtomicU32, Ordering};

use circuit_runtime::{Settings, breaker, circuit_breaker};

use crate::support::{Answer, CANCELLED, FAILURE, Fault, REJECTED, SUCCESS, calls, down};

#[derive(Debug, thiserror::Error)]
#[error("excluded")]
struct Excluded;

#[derive(Debug, thiserror::Error)]
#[error("ignored")]
struct Ignored;

type Item = Result<u32, Box<dyn std::error::Error + Send + Sync>>;

type Items = std::vec::IntoIter<Answer>;

/// A function of that name behind a breaker of that name, and the breaker's calls.
macro_rules! guarded {
    ($name:ident, $breaker:tt $(, $($keys:tt)*)?) => {
        #[circuit_breaker(name = $breaker, threshold = 1 $(, $($keys)*)?)]
        fn $name(
            items: Vec<Answer>,
        ) -> impl DoubleEndedIterator<Item = Answer> + ExactSizeIterator + use<> {
            let items: Items = items.into_iter();
            items
        }
    };
}

guarded!(failing, "iterators/failing");
#[test]
fn the_first_counted_err_is_the_failure_and_the_items_after_it_still_flow() {
    let mut items = failing(vec![Ok(1), down(2), Ok(3), down(4), Ok(5)]);
    assert_eq!(items.next().unwrap().unwrap(), 1);
    assert_eq!(calls(breaker!("iterators/failing")), [0; 6], "not over yet");
    items.next().unwrap().unwrap_err();
    assert_eq!(calls(breaker!("iterators/failing")), FAILURE, "counted at once");
    assert_eq!(items.next().unwrap().unwrap(), 3);
    items.next().unwrap().unwrap_err();
    assert_eq!(items.next().unwrap().unwrap(), 5);
    assert!(items.next().is_none());
    drop(items);
    assert_eq!(calls(breaker!("iterators/failing")), FAILURE, "counted once");
}

guarded!(exhausted, "iterators/exhausted");
#[test]
fn exhausted_is_a_success() {
    let mut items = exhausted(vec![Ok(1), Ok(2)]);
    assert_eq!(items.by_ref().count(), 2);
    assert_eq!(calls(breaker!("iterators/exhausted")), SUCCESS);
    drop(items);
    assert_eq!(calls(breaker!("iterators/exhausted")), SUCCESS, "counted once");
}

guarded!(empty, "iterators/empty");
#[test]
fn exhausted_without_any_item_is_a_success() {
    assert!(empty(Vec::new()).next().is_none());
    assert_eq!(calls(breaker!("iterators/empty")), SUCCESS);
}

guarded!(dropped_after, "iterators/dropped_after");
#[test]
fn dropped_after_a_good_item_is_a_success() {
    dropped_after(vec![Ok(1), down(2)]).next().unwrap().unwrap();
    assert_eq!(calls(breaker!("iterators/dropped_after")), SUCCESS);
}

guarded!(dropped_before, "iterators/dropped_before");
#[test]
fn dropped_before_any_item_is_cancelled() {
    drop(dropped_before(vec![Ok(1)]));
    assert_eq!(calls(breaker!("iterators/dropped_before")), CANCELLED);
}

guarded!(refused, "iterators/refused");
#[test]
fn rejected_is_one_err_and_then_none() {
    breaker!("iterators/refused").open();
    let mut items = refused(vec![Ok(1), Ok(2)]);
    assert_eq!((items.size_hint(), items.len()), ((1, Some(1)), 1));
    assert!(matches!(items.next(), Some(Err(Fault::Refused(_)))));
    assert_eq!((items.size_hint(), items.len()), ((0, Some(0)), 0));
    assert!(items.next().is_none());
    assert!(items.next_back().is_none());
    assert_eq!(calls(breaker!("iterators/refused")), REJECTED);
    assert!(matches!(refused(vec![Ok(1)]).next_back(), Some(Err(Fault::Refused(_)))));
}

guarded!(backwards, "iterators/backwards");
#[test]
fn next_back_counts_as_next_does() {
    let mut items = backwards(vec![down(1), Ok(2)]);
    assert_eq!(items.len(), 2);
    assert_eq!(items.next_back().unwrap().unwrap(), 2);
    assert_eq!(items.len(), 1);
    items.next_back().unwrap().unwrap_err();
    assert_eq!(calls(breaker!("iterators/backwards")), FAILURE);
    assert!(items.next().is_none());
}

#[circuit_breaker(name = "iterators/cloned")]
fn cloneable(to: u32) -> impl Iterator<Item = Result<u32, Copied>> + Clone {
    (0..to).map(Ok)
}

#[derive(Clone, Debug, thiserror::Error)]
#[error("refused")]
struct Copied(#[from] circuit_runtime::Rejected);

#[test]
fn a_clone_reports_nothing() {
    let items = cloneable(3);
    assert_eq!(items.clone().count(), 3);
    drop(items.clone());
    assert_eq!(calls(breaker!("iterators/cloned")), [0; 6]);
    assert_eq!(items.count(), 3);
    assert_eq!(calls(breaker!("iterators/cloned")), SUCCESS);
    breaker!("iterators/cloned").open();
    let rejected = cloneable(3);
    assert_eq!((rejected.clone().count(), rejected.count()), (1, 1));
    breaker!("iterators/cloned").close();
}

#[circuit_breaker(name = "iterators/excluded", threshold = 1, exclude = [Excluded], rejected = Box::from)]
fn excluded(items: Vec<Item>) -> impl Iterator<Item = Item> {
    items.into_iter()
}

#[test]
fn an_excluded_item_is_an_answer() {
    let mut items = excluded(vec![Err(Box::new(Excluded)), Ok(1)]);
    items.next().unwrap().unwrap_err();
    drop(items);
    assert_eq!(calls(breaker!("iterators/excluded")), SUCCESS);
}

#[circuit_breaker(name = "iterators/excluded_then", threshold = 9, exclude = [Excluded], rejected = Box::from)]
fn excluded_then(items: Vec<Item>) -> impl Iterator<Item = Item> {
    items.into_iter()
}

#[test]
fn a_failure_after_an_excluded_item_still_counts() {
    let items = vec![Err(Excluded.into()), Err("down".into()), Ok(1)];
    assert_eq!(excluded_then(items).count(), 3);
    assert_eq!(calls(breaker!("iterators/excluded_then")), FAILURE);
}

#[circuit_breaker(name = "iterators/ignored", threshold = 9, ignore = [Ignored], rejected = Box::from)]
fn ignored(items: Vec<Item>) -> impl Iterator<Item = Item> {
    items.into_iter()
}

#[test]
fn an_ignored_item_is_no_evidence() {
    ignored(vec![Err(Ignored.into()), Ok(1)]).next().unwrap().unwrap_err();
    assert_eq!(calls(breaker!("iterators/ignored")), CANCELLED);
}

#[circuit_breaker(name = "iterators/ignored_all", threshold = 9, ignore = [Ignored], rejected = Box::from)]
fn ignored_all(items: Vec<Item>) -> impl Iterator<Item = Item> {
    items.into_iter()
}

#[test]
fn an_iterator_goes_on_to_its_outcome_after_an_ignored_item() {
    assert_eq!(ignored_all(vec![Err(Ignored.into()), Err("down".into())]).count(), 2);
    assert_eq!(calls(breaker!("iterators/ignored_all")), FAILURE);
}

static ASKED: AtomicU32 = AtomicU32::new(0);

fn asked(_: &u32) -> bool {
    ASKED.fetch_add(1, Ordering::Relaxed);
    false
}

guarded!(told, "iterators/told", failure_if = asked);
#[test]
fn once_its_outcome_is_told_nobody_is_asked_about_its_items() {
    assert_eq!(told(vec![Ok(1), down(2), Ok(3), Ok(4)]).count(), 4);
    assert_eq!(ASKED.load(Ordering::Relaxed), 1);
}

guarded!(judged, "iterators/judged", failure_if = |n| *n > 9);
#[test]
fn an_item_that_failure_if_refuses_is_a_failure_and_is_yielded() {
    let mut items = judged(vec![Ok(1), Ok(10), Ok(2)]);
    items.next().unwrap().unwrap();
    assert_eq!(items.next().unwrap().unwrap(), 10);
    assert_eq!(calls(breaker!("iterators/judged")), FAILURE);
    assert_eq!(items.next().unwrap().unwrap(), 2);
}

guarded!(probe, "iterators/probe", ttl = 60);
#[test]
fn an_iterator_is_a_probe_from_the_call_that_made_it_to_its_outcome() {
    let breaker = breaker!("iterators/probe");
    breaker.half_open();
    let mut items = probe(vec![Ok(1), Ok(2)]);
    items.next().unwrap().unwrap();
    assert!(matches!(probe(vec![Ok(1)]).next(), Some(Err(Fault::Refused(_)))));
    drop(items);
    probe(vec![Ok(1)]).next().unwrap().unwrap();
}

#[circuit_breaker(name = "iterators/boxed", threshold = 1)]
fn boxed(items: &[u32]) -> Box<dyn Iterator<Item = Answer> + '_> {
    Box::new(items.iter().map(|&n| if n == 0 { down(n) } else { Ok(n) }))
}

#[test]
fn a_boxed_iterator_counts_likewise() {
    assert_eq!(boxed(&[1, 0, 2]).flatten().count(), 2);
    assert_eq!(calls(breaker!("iterators/boxed")), FAILURE);
    assert!(matches!(boxed(&[1]).next(), Some(Err(Fault::Refused(_)))));
}

#[circuit_breaker(name = "iterators/boxed_hidden", threshold = 1)]
fn boxed_hidden(items: &[u32]) -> Box<impl Iterator<Item = Answer>> {
    Box::new(items.iter().map(|&n| if n == 0 { down(n) } else { Ok(n) }))
}

#[test]
fn a_boxed_iterator_of_a_type_that_is_hidden_counts_likewise() {
    assert_eq!(boxed_hidden(&[1, 0, 2]).flatten().count(), 2);
    assert_eq!(calls(breaker!("iterators/boxed_hidden")), FAILURE);
    assert!(matches!(boxed_hidden(&[1]).next(), Some(Err(Fault::Refused(_)))));
}

#[circuit_breaker(name = "iterators/try", threshold = 2)]
fn try_items(items: &[u32]) -> Result<impl Iterator<Item = Answer> + '_, Fault> {
    let first = *items.first().ok_or(Fault::Down(0))?;
    Ok(items.iter().map(move |&n| if n < first { down(n) } else { Ok(n) }))
}

#[test]
fn of_an_iterator_inside_a_result_the_error_of_either_is_the_outcome() {
    let breaker = breaker!("iterators/try");
    assert_eq!(try_items(&[1, 2]).unwrap().count(), 2);
    assert_eq!(calls(breaker), SUCCESS);
    assert!(matches!(try_items(&[]), Err(Fault::Down(0))));
    assert_eq!(breaker.failure_count(), 1);
    let mut items = try_items(&[2, 1, 3]).unwrap();
    items.next().unwrap().unwrap();
    items.next().unwrap().unwrap_err();
    assert!(matches!(try_items(&[1]), Err(Fault::Refused(_))), "rejected before the body");
    assert_eq!(items.next().unwrap().unwrap(), 3);
}

#[circuit_breaker(name = "iterators/try_boxed", threshold = 1)]
fn try_boxed(items: &[u32]) -> Result<Box<dyn Iterator<Item = Answer> + Send + '_>, Fault> {
    Ok(Box::new(items.iter().map(|&n| if n == 0 { down(n) } else { Ok(n) })))
}

#[test]
fn a_boxed_iterator_inside_a_result_counts_likewise() {
    assert_eq!(try_boxed(&[0]).unwrap().count(), 1);
    assert!(matches!(try_boxed(&[1]), Err(Fault::Refused(_))));
}

#[circuit_breaker(name = "iterators/settings", threshold = 1)]
fn settled(items: Vec<Answer>) -> impl Iterator<Item = Answer> {
    items.into_iter()
}

#[test]
fn an_iterator_from_before_a_close_by_hand_decides_nothing() {
    let breaker = breaker!("iterators/settings");
    assert_eq!(breaker.settings(), Settings::new().threshold(1));
    let mut items = settled(vec![down(1)]);
    breaker.close();
    items.next().unwrap().unwrap_err();
    assert_eq!(breaker.state(), circuit_runtime::State::Closed);
}
