//! 8, of streams: one call with one outcome, admitted at its first poll.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use circuit_runtime::{Calls, Rejected, breaker, circuit_breaker};
use futures_core::{FusedStream, Stream};
use futures_util::stream::{self, BoxStream, LocalBoxStream, StreamExt as _};

use crate::support::{
    Answer, CANCELLED, FAILURE, Fault, REJECTED, SUCCESS, calls, down, now, panic_of,
};

const NOTHING: [u64; 6] = [0; 6];

fn next<S: Stream + Unpin>(stream: &mut S) -> Poll<Option<S::Item>> {
    Pin::new(stream).poll_next(&mut Context::from_waker(Waker::noop()))
}

/// The next item of a stream that waits for nothing.
fn item<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    match next(stream) {
        Poll::Ready(item) => item,
        Poll::Pending => panic!("the stream waits"),
    }
}

fn all<S: Stream>(stream: S) -> Vec<S::Item> {
    now(stream.collect())
}

/// A function of that name behind a breaker of that name.
macro_rules! guarded {
    ($name:ident, $breaker:tt $(, $($keys:tt)*)?) => {
        #[circuit_breaker(name = $breaker, threshold = 1 $(, $($keys)*)?)]
        fn $name(items: Vec<Answer>) -> impl FusedStream<Item = Answer> + Unpin {
            stream::iter(items).fuse()
        }
    };
}

guarded!(failing, "streams/failing");
#[test]
fn the_first_counted_err_is_the_failure_and_the_items_after_it_still_flow() {
    let breaker = breaker!("streams/failing");
    let mut items = failing(vec![Ok(1), down(2), Ok(3), down(4), Ok(5)]);
    assert_eq!(item(&mut items).unwrap().unwrap(), 1);
    assert_eq!(calls(breaker), NOTHING, "not over yet");
    item(&mut items).unwrap().unwrap_err();
    assert_eq!(calls(breaker), FAILURE, "counted at once");
    assert_eq!(item(&mut items).unwrap().unwrap(), 3);
    item(&mut items).unwrap().unwrap_err();
    assert_eq!(item(&mut items).unwrap().unwrap(), 5);
    assert!(item(&mut items).is_none() && items.is_terminated());
    drop(items);
    assert_eq!(calls(breaker), FAILURE, "counted once");
}

guarded!(exhausted, "streams/exhausted");
#[test]
fn exhausted_is_a_success() {
    let mut items = exhausted(vec![Ok(1), Ok(2)]);
    assert_eq!(items.size_hint(), (1, Some(2)), "it may still be rejected");
    item(&mut items).unwrap().unwrap();
    assert_eq!(items.size_hint(), (1, Some(1)));
    assert_eq!(all(&mut items).len(), 1);
    assert_eq!(calls(breaker!("streams/exhausted")), SUCCESS);
    drop(items);
    assert_eq!(calls(breaker!("streams/exhausted")), SUCCESS, "counted once");
}

guarded!(empty, "streams/empty");
#[test]
fn exhausted_without_any_item_is_a_success() {
    let items = empty(Vec::new());
    assert_eq!(items.size_hint(), (0, Some(1)), "it may still be rejected");
    assert!(all(items).is_empty());
    assert_eq!(calls(breaker!("streams/empty")), SUCCESS);
}

guarded!(dropped, "streams/dropped");
#[test]
fn dropped_after_a_good_item_is_a_success() {
    item(&mut dropped(vec![Ok(1), down(2)])).unwrap().unwrap();
    assert_eq!(calls(breaker!("streams/dropped")), SUCCESS);
}

#[circuit_breaker(name = "streams/pending")]
fn pending() -> BoxStream<'static, Answer> {
    stream::pending().boxed()
}

#[test]
fn dropped_while_it_waits_for_its_first_item_is_cancelled() {
    let breaker = breaker!("streams/pending");
    let mut items = pending();
    assert!(next(&mut items).is_pending());
    assert_eq!(calls(breaker), NOTHING);
    drop(items);
    assert_eq!(calls(breaker), CANCELLED);
}

guarded!(never_polled, "streams/never_polled");
#[test]
fn a_stream_that_is_never_polled_counts_nowhere() {
    drop(never_polled(vec![Ok(1)]));
    assert_eq!(calls(breaker!("streams/never_polled")), NOTHING);
}

guarded!(admitted, "streams/admitted");
#[test]
fn the_breaker_is_asked_at_the_first_poll() {
    let breaker = breaker!("streams/admitted");
    let (mut early, mut late) = (admitted(vec![Ok(1), Ok(2)]), admitted(vec![Ok(1)]));
    item(&mut early).unwrap().unwrap();
    breaker.open();
    assert!(matches!(item(&mut late), Some(Err(Fault::Refused(_)))));
    assert!(item(&mut late).is_none() && item(&mut late).is_none() && late.is_terminated());
    assert_eq!(late.size_hint(), (0, Some(0)));
    assert_eq!(item(&mut early).unwrap().unwrap(), 2, "one that was let in goes on");
    assert_eq!(calls(breaker), REJECTED);
}

guarded!(probe, "streams/probe");
#[test]
fn a_stream_is_a_probe_from_its_first_poll_to_its_outcome() {
    breaker!("streams/probe").half_open();
    let mut waiting = probe(vec![Ok(1)]);
    let mut items = probe(vec![Ok(1), Ok(2)]);
    item(&mut items).unwrap().unwrap();
    assert!(matches!(item(&mut waiting), Some(Err(Fault::Refused(_)))));
    drop(items);
    item(&mut probe(vec![Ok(1)])).unwrap().unwrap();
}

#[circuit_breaker(name = "streams/panicking", threshold = 1)]
fn panicking() -> impl Stream<Item = Answer> {
    stream::iter([1, 0]).map(|n| if n == 0 { panic!("in the stream") } else { Ok(n) })
}

#[test]
fn a_panic_while_it_is_polled_is_a_failure() {
    let mut items = panicking();
    item(&mut items).unwrap().unwrap();
    assert_eq!(panic_of(|| item(&mut items).map(drop)), "in the stream");
    assert_eq!(calls(breaker!("streams/panicking")), FAILURE);
}

guarded!(
    judged,
    "streams/judged",
    failure_if = |n| *n > 9,
    exclude = [|e: &Fault| matches!(e, Fault::Down(4))]
);
#[test]
fn the_lists_and_failure_if_are_asked_of_the_items() {
    let breaker = breaker!("streams/judged");
    item(&mut judged(vec![down(4), Ok(1)])).unwrap().unwrap_err();
    assert_eq!(calls(breaker), SUCCESS, "an excluded item is an answer");
    assert_eq!(all(judged(vec![Ok(1), Ok(10)])).len(), 2);
    assert_eq!(calls(breaker), [1, 1, 0, 0, 0, 0]);
}

#[circuit_breaker(name = "streams/cloned", rejected = |_| ())]
fn cloneable() -> impl Stream<Item = Result<u32, ()>> + Clone {
    stream::iter([Ok(1), Ok(2)])
}

#[test]
fn a_clone_reports_nothing_unless_it_is_a_call_of_its_own() {
    let breaker = breaker!("streams/cloned");
    let mut items = cloneable();
    item(&mut items).unwrap().unwrap();
    assert_eq!(all(items.clone()).len(), 1);
    assert_eq!(calls(breaker), NOTHING);
    drop(items);
    assert_eq!(calls(breaker), SUCCESS);

    let unasked = cloneable();
    let clone = unasked.clone();
    breaker.open();
    assert_eq!((all(clone), all(unasked)), (vec![Err(())], vec![Err(())]));
    assert_eq!(calls(breaker), [1, 0, 0, 0, 0, 2]);
}

#[circuit_breaker(name = "streams/kinds", threshold = 1)]
fn pinned(items: &[u32]) -> Pin<Box<dyn Stream<Item = Answer> + Send + '_>> {
    Box::pin(stream::iter(items.iter().map(|&n| if n == 0 { down(n) } else { Ok(n) })))
}

#[circuit_breaker(name = "streams/kinds", threshold = 1)]
fn unpin() -> Box<dyn Stream<Item = Answer> + Unpin> {
    Box::new(stream::iter([down(1)]))
}

#[circuit_breaker(name = "streams/kinds", threshold = 1)]
fn local(n: &Cell<u32>) -> LocalBoxStream<'_, Answer> {
    Box::pin(stream::once(async { if n.get() == 0 { down(0) } else { Ok(1) } }))
}

#[circuit_breaker(name = "streams/kinds", threshold = 1)]
fn in_result(items: Vec<Answer>) -> Result<impl Stream<Item = Answer>, Fault> {
    if items.is_empty() { Err(Fault::Down(0)) } else { Ok(stream::iter(items)) }
}

#[circuit_breaker(name = "streams/kinds", threshold = 1)]
fn boxed_in_result(items: Vec<Answer>) -> Result<BoxStream<'static, Answer>, Fault> {
    in_result_of(items)
}

#[circuit_breaker(name = "streams/kinds", threshold = 1)]
async fn in_async(items: Vec<Answer>) -> impl Stream<Item = Answer> {
    tokio::task::yield_now().await;
    stream::iter(items)
}

#[circuit_breaker(name = "streams/kinds", threshold = 1)]
async fn in_async_result(items: Vec<Answer>) -> Result<impl Stream<Item = Answer>, Fault> {
    tokio::task::yield_now().await;
    if items.is_empty() { Err(Fault::Down(0)) } else { Ok(stream::iter(items)) }
}

#[circuit_breaker(name = "streams/kinds", threshold = 1)]
async fn boxed_in_async_result(
    items: &[u32],
) -> Result<Pin<Box<dyn Stream<Item = Answer> + '_>>, Fault> {
    in_result_of(items.iter().map(|n| Ok(*n)).collect()).map(|items| items as _)
}

#[circuit_breaker(name = "streams/kinds", threshold = 1)]
fn in_future(
    items: Vec<Answer>,
) -> impl Future<Output = Result<BoxStream<'static, Answer>, Fault>> {
    async { in_result_of(items) }
}

fn in_result_of(items: Vec<Answer>) -> Result<BoxStream<'static, Answer>, Fault> {
    if items.is_empty() { Err(Fault::Down(0)) } else { Ok(stream::iter(items).boxed()) }
}

#[async_trait]
trait Store {
    async fn rows(&self) -> Result<BoxStream<'_, Answer>, Fault>;
}

#[async_trait]
impl Store for Vec<u32> {
    #[circuit_breaker(name = "streams/kinds", threshold = 1)]
    async fn rows(&self) -> Result<BoxStream<'_, Answer>, Fault> {
        Ok(stream::iter(self).map(|&n| if n == 0 { down(n) } else { Ok(n) }).boxed())
    }
}

#[tokio::test]
async fn every_kind_of_stream() {
    let breaker = breaker!("streams/kinds");
    let fails = |what: &str| {
        assert_eq!(breaker.state(), circuit_runtime::State::Open, "{what}");
        breaker.close();
    };
    assert_eq!(pinned(&[1, 0, 2]).count().await, 3);
    fails("pinned");
    assert_eq!(unpin().count().await, 1);
    fails("unpin");
    assert_eq!(local(&Cell::new(0)).count().await, 1);
    fails("local");
    let bad = || vec![Ok(1), down(2), Ok(3)];
    assert_eq!(in_result(bad()).unwrap().count().await, 3);
    fails("in a result");
    assert!(in_result(Vec::new()).is_err());
    fails("the result's own error");
    assert_eq!(boxed_in_result(bad()).unwrap().count().await, 3);
    fails("boxed in a result");
    assert_eq!(in_async(bad()).await.count().await, 3);
    fails("of an async fn");
    assert_eq!(in_async_result(bad()).await.unwrap().count().await, 3);
    fails("in the result of an async fn");
    assert!(in_async_result(Vec::new()).await.is_err());
    fails("the own error of an async fn's result");
    assert!(boxed_in_async_result(&[]).await.is_err());
    fails("the own error of an async fn's result with a box");
    assert_eq!(boxed_in_async_result(&[1, 2]).await.unwrap().count().await, 2);
    assert_eq!(in_future(bad()).await.unwrap().count().await, 3);
    fails("in the result of a future");
    assert_eq!(vec![1, 0].rows().await.unwrap().count().await, 2);
    fails("in the result of an async_trait method");
}

#[tokio::test]
async fn every_kind_of_stream_is_rejected_in_its_own_way() {
    let Calls { rejected: before, .. } = breaker!("streams/refused").snapshot().calls;
    breaker!("streams/refused").open();
    assert!(matches!(refused().next().await, Some(Err(Fault::Refused(_)))));
    assert!(matches!(refused_in_result(), Err(Fault::Refused(_))));
    let mut items = pin!(refused_in_async().await);
    assert!(matches!(items.next().await, Some(Err(Fault::Refused(_)))));
    assert!(items.next().await.is_none());
    assert!(matches!(refused_in_async_result().await, Err(Fault::Refused(_))));
    assert_eq!(breaker!("streams/refused").snapshot().calls.rejected - before, 4);
}

#[circuit_breaker(name = "streams/refused")]
fn refused() -> BoxStream<'static, Answer> {
    stream::empty().boxed()
}

#[circuit_breaker(name = "streams/refused")]
fn refused_in_result() -> Result<impl Stream<Item = Answer>, Fault> {
    Ok(stream::empty())
}

#[circuit_breaker(name = "streams/refused")]
async fn refused_in_async() -> impl Stream<Item = Answer> {
    stream::empty()
}

#[circuit_breaker(name = "streams/refused")]
async fn refused_in_async_result() -> Result<BoxStream<'static, Answer>, Fault> {
    Ok(stream::empty().boxed())
}

#[circuit_breaker(name = "streams/plain_items", threshold = 1)]
fn plain_items() -> Result<impl Stream<Item = u32>, Rejected> {
    Ok(stream::iter([1, 2]))
}

#[test]
fn items_that_are_no_results_prove_that_the_dependency_answers() {
    let items = plain_items().unwrap();
    assert_eq!(calls(breaker!("streams/plain_items")), NOTHING, "not over yet");
    assert_eq!(all(items), [1, 2]);
    assert_eq!(calls(breaker!("streams/plain_items")), SUCCESS);
}

#[circuit_breaker(name = "streams/fallback", fallback = |n| stream::iter([n, n]))]
fn fallback(n: u32) -> impl Stream<Item = u32> {
    stream::iter([n])
}

#[circuit_breaker(name = "streams/fallback", fallback = |n| stream::iter([n, n]).boxed())]
fn boxed_fallback(n: u32) -> BoxStream<'static, u32> {
    stream::iter([n]).boxed()
}

#[circuit_breaker(name = "streams/fallback", fallback = |n| Ok(stream::iter([n, n])))]
fn fallback_in_result(n: u32) -> Result<impl Stream<Item = u32>, Fault> {
    Ok(stream::iter([n]))
}

#[circuit_breaker(name = "streams/fallback", fallback = async |n| stream::iter([n, n]))]
async fn fallback_in_async(n: u32) -> impl Stream<Item = u32> {
    stream::iter([n])
}

#[circuit_breaker(name = "streams/fallback", fallback = async |n| Ok(stream::iter([n, n]).boxed()))]
async fn fallback_in_async_result(n: u32) -> Result<BoxStream<'static, u32>, Fault> {
    Ok(stream::iter([n]).boxed())
}

#[tokio::test]
async fn a_fallback_answers_with_a_stream_of_its_own() {
    fn unpin<T: Unpin>(value: T) -> T {
        value
    }
    let breaker = breaker!("streams/fallback");
    let made_before = (unpin(fallback(1)), boxed_fallback(1));
    for (length, state) in [(1, "closed"), (2, "open")] {
        if state == "open" {
            breaker.open();
        }
        assert_eq!(fallback(7).collect::<Vec<_>>().await, vec![7; length]);
        assert_eq!(boxed_fallback(7).collect::<Vec<_>>().await, vec![7; length]);
        assert_eq!(fallback_in_result(7).unwrap().collect::<Vec<_>>().await, vec![7; length]);
        assert_eq!(fallback_in_async(7).await.collect::<Vec<_>>().await, vec![7; length]);
        let items = fallback_in_async_result(7).await.unwrap();
        assert_eq!(items.collect::<Vec<_>>().await, vec![7; length]);
    }
    assert_eq!(made_before.0.count().await, 2, "asked at the first poll");
    assert_eq!(made_before.1.count().await, 2, "asked at the first poll");
    assert_eq!(calls(breaker), [5, 0, 0, 0, 0, 7]);
}

#[circuit_breaker(name = "streams/borrows")]
fn borrows<'r>(
    rows: &'r [String],
    seen: &'r Cell<usize>,
) -> impl Stream<Item = Result<&'r str, Fault>> {
    stream::iter(rows).map(|row| {
        seen.set(seen.get() + 1);
        Ok(row.as_str())
    })
}

#[circuit_breaker(name = "streams/borrows")]
fn sendable(rows: Vec<String>) -> impl Stream<Item = Result<String, Fault>> + Send + 'static {
    stream::iter(rows).map(Ok)
}

#[test]
fn a_stream_borrows_and_is_sent_as_without_the_attribute() {
    let (rows, seen) = ([String::from("a"), String::from("b")], Cell::new(0));
    let read: Vec<_> = all(borrows(&rows, &seen)).into_iter().map(Result::unwrap).collect();
    assert_eq!((read, seen.get()), (vec!["a", "b"], 2));
    let items = sendable(vec![String::new()]);
    std::thread::spawn(move || all(items).len()).join().unwrap();
}
