//! 9. Guarded code behaves as unguarded code.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, Noisy, now, panic_of, without_deadlock};

impl Noisy<'_> {
    fn name(&self) -> usize {
        self.0.len()
    }
}

/// The same function unguarded and guarded, sync and async, and a test that their arguments are dropped in the
/// same order.
macro_rules! same_drop_order {
    ($module:ident, $breaker:tt, ($($pattern:pat),*) $body:block) => {
        same_drop_order!($module, $breaker, ($($pattern),*) of (N<'a>, N<'a>) $body);
    };
    ($module:ident, $breaker:tt, ($($pattern:pat),*) of $third:ty $body:block) => {
        mod $module {
            use super::*;

            type N<'a> = Noisy<'a>;
            type Third<'a> = $third;

            same_drop_order!(@functions $breaker, ($($pattern),*) $body);

            /// Calls both with arguments of their own, and compares the orders in which these were dropped.
            fn compare(
                bare: impl Fn(N<'_>, N<'_>, Third<'_>, N<'_>),
                guarded: impl Fn(N<'_>, N<'_>, Third<'_>, N<'_>),
            ) {
                let log = RefCell::new(Vec::new());
                let n = |name| Noisy(name, &log);
                bare(n("a"), n("b"), (n("c1"), n("c2")).into(), n("d"));
                let expected = log.take();
                guarded(n("a"), n("b"), (n("c1"), n("c2")).into(), n("d"));
                assert_eq!(log.take(), expected);
            }

            #[test]
            fn arguments_of_a_fn_are_dropped_in_the_same_order() {
                compare(|a, b, c, d| drop(bare(a, b, c, d)), |a, b, c, d| drop(guarded(a, b, c, d)));
            }

            #[test]
            fn arguments_of_an_async_fn_are_dropped_in_the_same_order() {
                compare(
                    |a, b, c, d| drop(now(bare_async(a, b, c, d))),
                    |a, b, c, d| drop(now(guarded_async(a, b, c, d))),
                );
            }

            #[test]
            fn arguments_of_a_future_never_polled_are_dropped_in_the_same_order() {
                compare(
                    |a, b, c, d| drop(bare_async(a, b, c, d)),
                    |a, b, c, d| drop(guarded_async(a, b, c, d)),
                );
            }
        }
    };
    (@functions $breaker:tt, ($a:pat, $b:pat, $c:pat, $d:pat) $body:block) => {
        fn bare($a: N<'_>, $b: N<'_>, $c: Third<'_>, $d: N<'_>) -> Result<usize, Fault> $body

        #[circuit_breaker(name = $breaker)]
        fn guarded($a: N<'_>, $b: N<'_>, $c: Third<'_>, $d: N<'_>) -> Result<usize, Fault> $body

        async fn bare_async($a: N<'_>, $b: N<'_>, $c: Third<'_>, $d: N<'_>) -> Result<usize, Fault> $body

        #[circuit_breaker(name = $breaker)]
        async fn guarded_async($a: N<'_>, $b: N<'_>, $c: Third<'_>, $d: N<'_>) -> Result<usize, Fault> $body
    };
}

same_drop_order!(all_used, "transparency/drop_used", (a, b, c, d) {
    let _local = Noisy("local", a.1);
    Ok(d.name() + c.0.name() + a.name() + b.name())
});
same_drop_order!(moved, "transparency/drop_moved", (a, b, c, d) {
    drop(b);
    Ok(a.name() + c.1.name() + d.name())
});
same_drop_order!(guards, "transparency/drop_guards", (_guard, b, _pair, _d) {
    Ok(b.name())
});
same_drop_order!(taken_apart, "transparency/drop_patterns", (a, b, (c1, c2), d) {
    Ok(c2.name() + c1.name() + a.name() + b.name() + d.name())
});
same_drop_order!(array, "transparency/drop_array", (a, b, [c1, c2], d) of [N<'a>; 2] {
    Ok(c1.name() + a.name() + c2.name() + d.name() + b.name())
});
same_drop_order!(fields, "transparency/drop_fields", (a, b, Fields { one, two: c2 }, d) of Fields<'a> {
    Ok(one.name() + a.name() + c2.name() + d.name() + b.name())
});
same_drop_order!(newtype, "transparency/drop_newtype", (a, b, Newtype((c1, c2)), d) of Newtype<'a> {
    Ok(c1.name() + a.name() + c2.name() + d.name() + b.name())
});
same_drop_order!(either, "transparency/drop_or", (a, b, (This(c1, c2) | That(c2, c1)), d) of Or<'a> {
    Ok(c1.name() + a.name() + c2.name() + d.name() + b.name())
});

struct Fields<'a> {
    one: Noisy<'a>,
    two: Noisy<'a>,
}

impl<'a> From<(Noisy<'a>, Noisy<'a>)> for Fields<'a> {
    fn from((one, two): (Noisy<'a>, Noisy<'a>)) -> Self {
        Self { one, two }
    }
}

struct Newtype<'a>((Noisy<'a>, Noisy<'a>));

impl<'a> From<(Noisy<'a>, Noisy<'a>)> for Newtype<'a> {
    fn from(pair: (Noisy<'a>, Noisy<'a>)) -> Self {
        Self(pair)
    }
}

enum Or<'a> {
    This(Noisy<'a>, Noisy<'a>),
    That(Noisy<'a>, Noisy<'a>),
}

use Or::{That, This};

impl<'a> From<(Noisy<'a>, Noisy<'a>)> for Or<'a> {
    fn from((one, two): (Noisy<'a>, Noisy<'a>)) -> Self {
        if one.name() == 0 { This(one, two) } else { That(two, one) }
    }
}

/// The exception that the guide names: what the body never names stays outside of it, so that it is still reported as
/// unused, and is dropped when the call is over.
mod never_named {
    use super::*;

    #[circuit_breaker(name = "transparency/drop_wildcard")]
    fn wildcard(a: Noisy<'_>, _: Noisy<'_>, c: Noisy<'_>) -> Result<usize, Fault> {
        Ok(a.name() + c.name())
    }

    #[allow(unused_variables)]
    #[circuit_breaker(name = "transparency/drop_unused")]
    async fn unused(a: Noisy<'_>, b: Noisy<'_>, c: Noisy<'_>) -> Result<usize, Fault> {
        Ok(a.name() + c.name())
    }

    #[circuit_breaker(name = "transparency/drop_partly")]
    fn partly(a: Noisy<'_>, (b, _): (Noisy<'_>, Noisy<'_>)) -> Result<usize, Fault> {
        Ok(a.name() + b.name())
    }

    #[test]
    fn arguments_that_are_never_named_are_dropped_after_the_call() {
        let log = RefCell::new(Vec::new());
        let n = |name| Noisy(name, &log);
        wildcard(n("a"), n("never"), n("c")).unwrap();
        assert_eq!(log.take(), ["c", "a", "never"]);
        now(unused(n("a"), n("never"), n("c"))).unwrap();
        assert_eq!(log.take(), ["c", "a", "never"]);
        partly(n("a"), (n("b"), n("never"))).unwrap();
        assert_eq!(log.take(), ["b", "a", "never"]);
    }
}

#[circuit_breaker(name = "transparency/drop_rejected")]
fn refused(a: Noisy<'_>, b: Noisy<'_>, c: Noisy<'_>) -> Result<usize, Fault> {
    Ok(a.name() + b.name() + c.name())
}

#[test]
fn arguments_of_a_rejected_call_are_dropped_in_the_same_order() {
    let log = RefCell::new(Vec::new());
    let n = |name| Noisy(name, &log);
    breaker!("transparency/drop_rejected").open();
    refused(n("a"), n("b"), n("c")).unwrap_err();
    assert_eq!(log.take(), ["c", "b", "a"]);
}

#[circuit_breaker(name = "transparency/drop_panic")]
fn panics(a: Noisy<'_>, b: Noisy<'_>) -> Result<usize, Fault> {
    assert_eq!(a.name() + b.name(), 0, "unwinds");
    Ok(0)
}

#[test]
fn arguments_of_a_call_that_panics_are_dropped_in_the_same_order() {
    let log = RefCell::new(Vec::new());
    panic_of(|| panics(Noisy("a", &log), Noisy("b", &log)));
    assert_eq!(log.take(), ["b", "a"]);
}

#[circuit_breaker(name = "transparency/borrows")]
fn first<'v>(items: &'v mut Vec<u32>, made: &Cell<u32>) -> Result<&'v mut u32, Fault> {
    made.set(made.get() + 1);
    items.first_mut().ok_or(Fault::Down(0))
}

#[circuit_breaker(name = "transparency/borrows")]
async fn last(items: &mut [u32]) -> Result<&mut u32, Fault> {
    tokio::task::yield_now().await;
    items.last_mut().ok_or(Fault::Down(0))
}

#[derive(Debug)]
struct Refusal;

#[circuit_breaker(name = "transparency/borrowed_error", rejected = |_| &Refusal)]
fn split<'a>(value: &'a str, refusal: &'a Refusal) -> Result<&'a str, &'a Refusal> {
    value.split_once('=').map(|(_, value)| value).ok_or(refusal)
}

#[test]
fn borrows_are_the_same() {
    let mut items = vec![1, 2];
    let made = Cell::new(0);
    *first(&mut items, &made).unwrap() += 10;
    let rt = tokio::runtime::Builder::new_current_thread().build().unwrap();
    *rt.block_on(last(&mut items)).unwrap() += 20;
    assert_eq!((items, made.get()), (vec![11, 22], 1));
    assert_eq!(split("a=b", &Refusal).unwrap(), "b");
    split("a", &Refusal).unwrap_err();
    breaker!("transparency/borrowed_error").open();
    split("a=b", &Refusal).unwrap_err();
}

#[circuit_breaker(name = "transparency/send")]
async fn send(name: String) -> Result<String, Fault> {
    tokio::task::yield_now().await;
    Ok(name)
}

#[circuit_breaker(name = "transparency/send")]
async fn not_send(name: Rc<str>) -> Result<usize, Fault> {
    tokio::task::yield_now().await;
    Ok(name.len())
}

#[circuit_breaker(name = "transparency/send")]
fn items() -> impl Iterator<Item = Answer> {
    (0..3).map(Ok)
}

#[circuit_breaker(name = "transparency/send", exclude = [std::io::Error], failure_if = |n| *n > 9, rejected = Fault::from)]
fn future() -> impl Future<Output = Answer> {
    async { Ok(1) }
}

/// By the autoref trick: whether a type is `Send`, without failing to compile where it is not.
struct Asked<T>(std::marker::PhantomData<T>);

trait NotSend {
    fn is_send(&self) -> bool {
        false
    }
}

impl<T> NotSend for &Asked<T> {}

impl<T: Send> Asked<T> {
    #[allow(clippy::unused_self)]
    fn is_send(&self) -> bool {
        true
    }
}

macro_rules! is_send {
    ($value:expr) => {{
        fn asked<T>(_: T) -> Asked<T> {
            Asked(std::marker::PhantomData)
        }
        (&asked($value)).is_send()
    }};
}

#[test]
fn what_was_send_stays_send() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    assert_eq!(now(assert_send(future())).unwrap(), 1);
    assert_eq!(assert_send(items()).count(), 3);
    drop(assert_send(send(String::new())));
    assert!(is_send!(String::new()) && !is_send!(Rc::new(1)));
    assert!(!is_send!(not_send("abc".into())));
}

#[tokio::test]
async fn a_guarded_future_can_be_spawned() {
    assert_eq!(tokio::spawn(send("abc".into())).await.unwrap().unwrap(), "abc");
    assert_eq!(not_send("abc".into()).await.unwrap(), 3);
}

async fn large_bare(buffer: [u8; 1024]) -> Answer {
    tokio::task::yield_now().await;
    Ok(u32::from(buffer[0]))
}

#[circuit_breaker(name = "transparency/size")]
async fn large(buffer: [u8; 1024]) -> Answer {
    tokio::task::yield_now().await;
    Ok(u32::from(buffer[0]))
}

async fn large_mut_bare(mut buffer: ([u8; 1024], u8)) -> Answer {
    tokio::task::yield_now().await;
    buffer.0[0] += 1;
    Ok(u32::from(buffer.0[0]))
}

#[circuit_breaker(name = "transparency/size")]
async fn large_mut(mut buffer: ([u8; 1024], u8)) -> Answer {
    tokio::task::yield_now().await;
    buffer.0[0] += 1;
    Ok(u32::from(buffer.0[0]))
}

async fn small_bare(n: u32) -> Answer {
    tokio::task::yield_now().await;
    Ok(n)
}

#[circuit_breaker(name = "transparency/size")]
async fn small(n: u32) -> Answer {
    tokio::task::yield_now().await;
    Ok(n)
}

fn large_block_bare(buffer: [u8; 1024]) -> impl Future<Output = Answer> {
    async move {
        tokio::task::yield_now().await;
        Ok(u32::from(buffer[0]))
    }
}

#[circuit_breaker(name = "transparency/size")]
fn large_block(buffer: [u8; 1024]) -> impl Future<Output = Answer> {
    async move {
        tokio::task::yield_now().await;
        Ok(u32::from(buffer[0]))
    }
}

/// What the guarded future is larger by.
fn growth<F, G>(_: &F, _: &G) -> usize {
    size_of::<G>() - size_of::<F>()
}

#[test]
fn a_guarded_async_fn_grows_by_at_most_32_bytes() {
    let growth = growth(&small_bare(1), &small(1));
    assert!(growth <= 32, "{growth} bytes");
}

#[test]
fn a_guarded_async_fn_with_a_large_argument_grows_by_at_most_32_bytes() {
    let growths = [
        growth(&large_bare([1; 1024]), &large([1; 1024])),
        growth(&large_mut_bare(([1; 1024], 1)), &large_mut(([1; 1024], 1))),
    ];
    assert!(growths.iter().all(|growth| *growth <= 32), "{growths:?} bytes");
}

#[test]
fn a_guarded_impl_future_with_a_large_argument_grows_by_at_most_32_bytes() {
    let growth = growth(&large_block_bare([1; 1024]), &large_block([1; 1024]));
    assert!(growth <= 32, "{growth} bytes");
}

#[circuit_breaker(name = "transparency/infer")]
fn inferred() -> Result<Vec<u32>, Fault> {
    let mut items = Vec::new();
    for text in ["1", "2"] {
        items.push(text.parse().unwrap_or_default());
    }
    Ok(items)
}

#[circuit_breaker(name = "transparency/infer")]
async fn inferred_async(empty: bool) -> Result<Vec<u32>, Fault> {
    if empty {
        return Ok("".split(',').map(str::len).filter_map(|_| None).collect());
    }
    Ok("1,2".split(',').map(str::parse).collect::<Result<_, _>>().unwrap_or_default())
}

#[circuit_breaker(name = "transparency/infer")]
fn coerced(n: u32) -> Result<Box<dyn Fn() -> u32>, Box<dyn std::error::Error>> {
    match n {
        0 => Err("zero".into()),
        1 => Ok(Box::new(|| 1)),
        n => Ok(Box::new(move || n)),
    }
}

#[test]
fn inference_and_coercions_are_the_same() {
    assert_eq!(inferred().unwrap(), [1, 2]);
    assert_eq!(now(inferred_async(false)).unwrap(), [1, 2]);
    assert!(now(inferred_async(true)).unwrap().is_empty());
    assert_eq!(coerced(7).unwrap()(), 7);
}

/// Asks its breaker for everything, wherever it is printed or judged.
#[derive(Debug)]
struct Curious;

fn ask() {
    let breaker = breaker!("transparency/locks");
    breaker.snapshot();
    breaker.set_threshold(1).unwrap();
    breaker.exclude::<std::fmt::Error>();
    drop(breaker.try_acquire());
    let id = breaker.add_listener(Quiet);
    assert!(breaker.remove_listener(id));
}

struct Quiet;

impl circuit_runtime::Listener for Quiet {}

impl std::fmt::Display for Curious {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        ask();
        f.write_str("curious")
    }
}

impl std::error::Error for Curious {}

#[circuit_breaker(
    name = "transparency/locks",
    threshold = 1,
    ignore = [|_: &Curious| { ask(); false }],
    rejected = |_| Curious,
)]
fn locks() -> Result<(), Curious> {
    ask();
    Err(Curious)
}

#[test]
fn no_lock_is_held_while_the_users_code_runs() {
    without_deadlock(|| {
        breaker!("transparency/locks").exclude_if::<Curious>(|_| {
            ask();
            false
        });
        locks().unwrap_err();
    });
    assert_eq!(breaker!("transparency/locks").last_trip().unwrap().last_failures, ["curious"]);
}
