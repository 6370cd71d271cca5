//! `fallback` and `rejected`.

use std::future::Future;
use std::iter::FusedIterator;
use std::pin::Pin;

use circuit_runtime::{CircuitBreaker, Rejected, breaker, circuit_breaker};

use crate::support::{Answer, Fault, Noisy, down, now, panic_of, poll};

/// What the call answers closed and open.
fn closed_and_open<T>(breaker: &CircuitBreaker, call: impl Fn() -> T) -> (T, T) {
    let closed = call();
    breaker.open();
    (closed, call())
}

fn cached(id: u32, name: &str) -> Answer {
    Ok(id * 100 + u32::try_from(name.len()).unwrap())
}

#[circuit_breaker(name = "fallback/path", fallback = cached)]
fn by_path(id: u32, name: &str) -> Answer {
    if name.is_empty() { down(id) } else { Ok(id) }
}

#[test]
fn a_fallback_answers_with_the_arguments() {
    assert!(by_path(1, "").is_err(), "an error is not a rejection");
    let (closed, open) = closed_and_open(breaker!("fallback/path"), || by_path(3, "abc"));
    assert_eq!((closed.unwrap(), open.unwrap()), (3, 303));
    assert_eq!(breaker!("fallback/path").snapshot().calls.rejected, 1);
}

#[circuit_breaker(name = "fallback/closure", fallback = |id: u32| Ok(id + 100))]
fn by_closure(id: u32) -> Answer {
    Ok(id)
}

#[test]
fn a_fallback_may_be_a_closure() {
    let (closed, open) = closed_and_open(breaker!("fallback/closure"), || by_closure(3));
    assert_eq!((closed.unwrap(), open.unwrap()), (3, 103));
}

async fn cached_async(name: String) -> Answer {
    tokio::task::yield_now().await;
    Ok(u32::try_from(name.len()).unwrap())
}

#[circuit_breaker(name = "fallback/async", fallback = cached_async)]
async fn by_async(name: String) -> Answer {
    tokio::task::yield_now().await;
    drop(name);
    Ok(0)
}

#[tokio::test]
async fn a_fallback_of_an_async_fn_is_async() {
    assert_eq!(by_async("abc".into()).await.unwrap(), 0);
    breaker!("fallback/async").open();
    assert_eq!(by_async("abc".into()).await.unwrap(), 3);
}

struct Client {
    cache: u32,
}

impl Client {
    fn cached(&self, id: u32) -> Answer {
        Ok(self.cache + id)
    }

    #[circuit_breaker(name = "fallback/method", fallback = Self::cached)]
    fn load(&self, id: u32) -> Answer {
        Ok(id)
    }

    async fn cached_mut(&mut self, id: u32) -> Answer {
        self.cache += id;
        Ok(self.cache)
    }

    #[circuit_breaker(name = "fallback/method_mut", fallback = Self::cached_mut)]
    async fn load_mut(&mut self, id: u32) -> Answer {
        self.cache += 1;
        Ok(id)
    }

    fn cache(self) -> Answer {
        Ok(self.cache)
    }

    #[circuit_breaker(name = "fallback/method_owned", fallback = Self::cache)]
    fn into_answer(self) -> Answer {
        Ok(self.cache + 1)
    }
}

#[test]
fn a_fallback_of_a_method_gets_self() {
    let client = Client { cache: 40 };
    let (closed, open) = closed_and_open(breaker!("fallback/method"), || client.load(2));
    assert_eq!((closed.unwrap(), open.unwrap()), (2, 42));
    let mut client = client;
    assert_eq!(now(client.load_mut(2)).unwrap(), 2);
    breaker!("fallback/method_mut").open();
    assert_eq!(now(client.load_mut(2)).unwrap(), 43);
    let owned = || Client { cache: 7 }.into_answer();
    let (closed, open) = closed_and_open(breaker!("fallback/method_owned"), owned);
    assert_eq!((closed.unwrap(), open.unwrap()), (8, 7));
}

#[circuit_breaker(name = "fallback/patterns", fallback = |pair: (u32, u32), _: u32, [a, b]: [u32; 2]| Ok(pair.0 + a * b))]
fn patterns((one, mut two): (u32, u32), _: u32, [a, b]: [u32; 2]) -> Answer {
    two += a + b;
    Ok(one + two)
}

#[test]
fn a_fallback_gets_arguments_whole_that_the_function_takes_apart() {
    let call = || patterns((1, 2), 9, [3, 4]);
    let (closed, open) = closed_and_open(breaker!("fallback/patterns"), call);
    assert_eq!((closed.unwrap(), open.unwrap()), (10, 13));
}

#[circuit_breaker(name = "fallback/iterator", fallback = |n: u32| std::iter::repeat_n(n, 2).map(Ok))]
fn iterator(n: u32) -> impl Iterator<Item = Answer> {
    (0..n).map(Ok)
}

#[circuit_breaker(name = "fallback/boxed_iterator", fallback = |n| Box::new(std::iter::once(Ok(n))))]
fn boxed_iterator(n: u32) -> Box<dyn Iterator<Item = Answer>> {
    Box::new((0..n).map(Ok))
}

#[circuit_breaker(name = "fallback/try_iterator", fallback = |n| Ok(std::iter::once(Ok(n))))]
fn try_iterator(n: u32) -> Result<impl Iterator<Item = Answer>, Fault> {
    Ok((0..n).map(Ok))
}

#[test]
fn a_fallback_of_an_iterator_is_an_iterator() {
    let values =
        |items: &mut dyn Iterator<Item = Answer>| items.map(Result::unwrap).collect::<Vec<_>>();
    let call = || values(&mut iterator(3));
    let answers = closed_and_open(breaker!("fallback/iterator"), call);
    assert_eq!(answers, (vec![0, 1, 2], vec![3, 3]));
    let call = || values(&mut boxed_iterator(3));
    let answers = closed_and_open(breaker!("fallback/boxed_iterator"), call);
    assert_eq!(answers, (vec![0, 1, 2], vec![3]));
    let call = || values(&mut try_iterator(3).unwrap());
    let answers = closed_and_open(breaker!("fallback/try_iterator"), call);
    assert_eq!(answers, (vec![0, 1, 2], vec![3]));
}

#[circuit_breaker(name = "fallback/either", fallback = |n| (n..2 * n).map(Ok))]
fn from_both_ends(
    n: u32,
) -> impl DoubleEndedIterator<Item = Answer> + ExactSizeIterator + FusedIterator {
    (0..n).map(Ok)
}

#[test]
fn of_two_iterators_the_one_that_answers_is_the_one_that_is_seen() {
    let ends = || {
        let mut items = from_both_ends(4);
        let (len, hint) = (items.len(), items.size_hint());
        let (last, first) = (items.next_back().unwrap().unwrap(), items.next().unwrap().unwrap());
        assert_eq!((len, hint, items.len()), (4, (4, Some(4)), 2));
        (first, last)
    };
    assert_eq!(closed_and_open(breaker!("fallback/either"), ends), ((0, 3), (4, 7)));
}

type Boxed<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

fn cached_future(n: &u32) -> Boxed<'_> {
    Box::pin(async { Ok(*n + 100) })
}

#[circuit_breaker(name = "fallback/boxed_future", fallback = cached_future)]
fn boxed_future(n: &u32) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
    Box::pin(async move { Ok(*n) })
}

#[test]
fn a_fallback_of_a_boxed_future_is_one() {
    let call = || now(boxed_future(&3));
    let (closed, open) = closed_and_open(breaker!("fallback/boxed_future"), call);
    assert_eq!((closed.unwrap(), open.unwrap()), (3, 103));
}

#[circuit_breaker(name = "fallback/plain", threshold = 1, failure_if = |n: &u32| *n > 9, fallback = |_| 7)]
fn plain(n: u32) -> u32 {
    n
}

#[circuit_breaker(name = "fallback/option", failure_if = Option::is_none, threshold = 1, fallback = || async { Some("cached") })]
async fn option() -> Option<&'static str> {
    None
}

#[circuit_breaker(name = "fallback/unit", fallback = |_| ())]
fn unit(made: &mut u32) {
    *made += 1;
}

#[test]
fn with_a_fallback_a_function_may_return_any_value() {
    assert_eq!((plain(9), plain(10), plain(1)), (9, 10, 7));
    assert_eq!((now(option()), now(option())), (None, Some("cached")));
    let mut made = 0;
    unit(&mut made);
    breaker!("fallback/unit").open();
    unit(&mut made);
    assert_eq!(made, 1);
}

#[derive(Debug, PartialEq)]
struct Unavailable(String);

impl Unavailable {
    fn new(rejected: Rejected) -> Self {
        Self(rejected.name().to_owned())
    }
}

#[circuit_breaker(name = "rejected/path", rejected = Unavailable::new)]
fn by_rejected() -> Result<(), Unavailable> {
    Ok(())
}

#[circuit_breaker(name = "rejected/path", rejected = |rejected: Rejected| Unavailable(rejected.state().to_string()))]
async fn by_rejected_async() -> Result<(), Unavailable> {
    Ok(())
}

#[circuit_breaker(name = "rejected/path", rejected = Unavailable::new)]
fn items() -> impl Iterator<Item = Result<(), Unavailable>> {
    std::iter::empty()
}

#[circuit_breaker(name = "rejected/path", rejected = Unavailable::new)]
fn future() -> impl Future<Output = Result<(), Unavailable>> {
    async { Ok(()) }
}

#[test]
fn rejected_makes_the_error_of_a_rejected_call() {
    by_rejected().unwrap();
    breaker!("rejected/path").open();
    let named = || Unavailable("rejected/path".into());
    assert_eq!(by_rejected().unwrap_err(), named());
    assert_eq!(now(by_rejected_async()).unwrap_err(), Unavailable("open".into()));
    assert_eq!(items().next().unwrap().unwrap_err(), named());
    assert_eq!(now(future()).unwrap_err(), named());
}

#[circuit_breaker(name = "fallback/own_breaker", threshold = 1, fallback = second)]
fn first(n: u32) -> Answer {
    down(n)
}

#[circuit_breaker(name = "fallback/second_breaker", threshold = 1)]
fn second(n: u32) -> Answer {
    Ok(n + 1)
}

#[test]
fn a_fallback_may_be_guarded_itself() {
    first(1).unwrap_err();
    assert_eq!(first(1).unwrap(), 2);
    breaker!("fallback/second_breaker").open();
    assert!(
        matches!(first(1), Err(Fault::Refused(rejected)) if rejected.name() == "fallback/second_breaker")
    );
}

#[circuit_breaker(name = "fallback/inferred", fallback = |name, _| Ok(u32::try_from(name.len()).unwrap()))]
fn by_inferred_closure(name: &str, _also: Vec<u8>) -> Answer {
    down(u32::from(name.is_empty()))
}

#[circuit_breaker(name = "fallback/inferred_rejection", rejected = |why| why.name().to_owned())]
fn by_inferred_rejection() -> Result<u32, String> {
    Ok(1)
}

#[test]
fn closures_learn_their_arguments_types() {
    let call = || by_inferred_closure("abc", Vec::new());
    assert_eq!(closed_and_open(breaker!("fallback/inferred"), call).1.unwrap(), 3);
    let rejection = breaker!("fallback/inferred_rejection");
    let (_, open) = closed_and_open(rejection, by_inferred_rejection);
    assert_eq!(open.unwrap_err(), "fallback/inferred_rejection");
}

#[circuit_breaker(name = "fallback/panic", threshold = 1, fallback = async |_| Ok(7))]
fn panics_first(n: u32) -> impl Future<Output = Answer> {
    assert!(n > 0, "in the body");
    async move { Ok(n) }
}

#[test]
fn a_panic_at_the_first_poll_is_a_failure_and_is_not_polled_over() {
    let mut future = Box::pin(panics_first(0));
    assert_eq!(panic_of(|| poll(future.as_mut())), "in the body");
    assert_eq!(breaker!("fallback/panic").snapshot().calls.failure, 1);
    assert_eq!(panic_of(|| poll(future.as_mut())), "not polled after a panic");
    assert_eq!(now(panics_first(1)).unwrap(), 7, "it has tripped");
}

#[circuit_breaker(name = "fallback/drop", fallback = |_, _, _| Ok(0))]
fn drops(a: Noisy<'_>, b: Noisy<'_>, c: Noisy<'_>) -> Answer {
    b.1.borrow_mut().push("body");
    Ok(0)
}

#[circuit_breaker(name = "fallback/drop", fallback = async |_, _, _| Ok(0))]
async fn drops_later(a: Noisy<'_>, b: Noisy<'_>, c: Noisy<'_>) -> Answer {
    tokio::task::yield_now().await;
    b.1.borrow_mut().push("body");
    Ok(0)
}

#[tokio::test]
async fn arguments_that_only_the_fallback_uses_are_dropped_in_the_functions_own_order() {
    let log = std::cell::RefCell::new(Vec::new());
    let noisy = |name| Noisy(name, &log);
    drops(noisy("a"), noisy("b"), noisy("c")).unwrap();
    assert_eq!(log.take(), ["body", "c", "b", "a"]);
    drops_later(noisy("a"), noisy("b"), noisy("c")).await.unwrap();
    assert_eq!(log.take(), ["body", "c", "b", "a"]);
}
