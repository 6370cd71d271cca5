//! Every function that can be guarded, guarded.

use std::cell::Cell;
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use async_trait::async_trait;
use circuit_runtime::{FromRejection, Outcome, Rejected, breaker, circuit_breaker};
use futures_util::future::{BoxFuture, LocalBoxFuture};

use crate::support::{Answer, Fault, down, now};

#[async_trait]
trait Store {
    async fn load(&self, id: u32) -> Answer;

    #[circuit_breaker(name = "shapes/async_trait_default")]
    async fn load_twice(&self, id: u32) -> Answer
    where
        Self: Sync,
    {
        Ok(self.load(id).await? + self.load(id).await?)
    }
}

struct Disk {
    base: u32,
}

#[async_trait]
impl Store for Disk {
    #[circuit_breaker(name = "shapes/async_trait", threshold = 1)]
    async fn load(&self, id: u32) -> Answer {
        tokio::task::yield_now().await;
        if id == 0 {
            return down(id);
        }
        Ok(self.base + id)
    }
}

#[tokio::test]
async fn methods_of_async_trait_and_their_defaults() {
    let store: Box<dyn Store + Sync> = Box::new(Disk { base: 40 });
    assert_eq!(store.load(2).await.unwrap(), 42);
    assert_eq!(store.load_twice(2).await.unwrap(), 84);
    store.load(0).await.unwrap_err();
    assert!(matches!(store.load(1).await, Err(Fault::Refused(_))));
    assert_eq!(breaker!("shapes/async_trait").snapshot().calls.rejected, 1);
    assert_eq!(breaker!("shapes/async_trait_default").snapshot().calls.success, 1);
}

struct Guarded;

#[async_trait]
impl Store for Guarded {
    async fn load(&self, id: u32) -> Answer {
        self.inner(id).await
    }
}

impl Guarded {
    #[circuit_breaker(name = "shapes/box_future")]
    fn inner(&self, id: u32) -> BoxFuture<'_, Answer> {
        let _ = self;
        Box::pin(async move { Ok(id) })
    }

    #[circuit_breaker(name = "shapes/box_future")]
    fn local(&self, id: Rc<u32>) -> LocalBoxFuture<'_, Answer> {
        let _ = self;
        Box::pin(async move { Ok(*id) })
    }
}

#[circuit_breaker(name = "shapes/box_unpin")]
fn unpin(n: u32) -> Box<dyn Future<Output = Answer> + Unpin + Send> {
    Box::new(std::future::ready(Ok(n)))
}

#[circuit_breaker(name = "shapes/impl_future")]
fn impl_future(n: &u32) -> impl Future<Output = Answer> + Send {
    async { Ok(*n) }
}

#[test]
fn futures_boxed_and_not() {
    assert_eq!(now(Guarded.load(1)).unwrap(), 1);
    assert_eq!(now(Guarded.local(Rc::new(2))).unwrap(), 2);
    assert_eq!(now(unpin(3)).unwrap(), 3);
    assert_eq!(now(impl_future(&4)).unwrap(), 4);
    breaker!("shapes/box_future").open();
    now(Guarded.load(1)).unwrap_err();
    breaker!("shapes/box_unpin").open();
    now(unpin(3)).unwrap_err();
}

#[circuit_breaker(name = "shapes/generic", threshold = 1)]
fn generic<T: Clone, E: From<Rejected>, const N: usize>(
    answer: Result<[T; N], E>,
) -> Result<[T; N], E> {
    answer
}

#[circuit_breaker(name = "shapes/generic")]
async fn generic_async<T, F>(make: impl FnOnce() -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, Fault>>,
{
    make().await
}

#[test]
fn all_instances_of_a_generic_function_share_one_breaker() {
    assert_eq!(generic::<_, Fault, 2>(Ok(["a", "b"])).unwrap(), ["a", "b"]);
    assert_eq!(now(generic_async(|| async { Ok('x') })).unwrap(), 'x');
    generic::<u8, Fault, 1>(Err(Fault::Down(1))).unwrap_err();
    assert!(generic::<_, std::io::Error, 1>(Ok([1])).is_err());
    assert!(matches!(now(generic_async(|| async { Ok(1) })), Err(Fault::Refused(_))));
}

struct Receivers(u32);

impl Receivers {
    #[circuit_breaker(name = "shapes/receivers")]
    fn by_ref(&self) -> Answer {
        Ok(self.0)
    }
    #[circuit_breaker(name = "shapes/receivers")]
    fn by_mut(&mut self) -> Result<&mut u32, Fault> {
        self.0 += 1;
        Ok(&mut self.0)
    }
    #[circuit_breaker(name = "shapes/receivers")]
    fn owned(self) -> Answer {
        Ok(self.0)
    }
    #[circuit_breaker(name = "shapes/receivers")]
    fn owned_mut(mut self) -> Answer {
        self.0 += 1;
        Ok(self.0)
    }
    #[circuit_breaker(name = "shapes/receivers")]
    fn boxed(self: Box<Self>) -> Answer {
        Ok(self.0)
    }
    #[circuit_breaker(name = "shapes/receivers")]
    fn shared(self: &Arc<Self>) -> Result<Arc<Self>, Fault> {
        Ok(Arc::clone(self))
    }
    #[circuit_breaker(name = "shapes/receivers")]
    fn pinned(self: Pin<&mut Self>) -> Answer {
        Ok(self.0)
    }
    #[circuit_breaker(name = "shapes/receivers")]
    async fn asynchronous(&mut self, by: &u32) -> Result<&u32, Fault> {
        self.0 += *by;
        Ok(&self.0)
    }
    #[circuit_breaker(name = "shapes/receivers")]
    async fn asynchronous_owned(mut self) -> Result<Self, Fault> {
        self.0 += 1;
        Ok(self)
    }
    #[circuit_breaker(name = "shapes/receivers")]
    fn associated(n: u32) -> Result<Self, Fault> {
        Ok(Self(n))
    }
    #[circuit_breaker(name = "shapes/receivers")]
    fn items(&self) -> impl Iterator<Item = Result<&u32, Fault>> {
        std::iter::once(Ok(&self.0))
    }
}

#[test]
fn methods_with_every_receiver() {
    let mut it = Receivers::associated(1).unwrap();
    assert_eq!(it.by_ref().unwrap(), 1);
    *it.by_mut().unwrap() += 1;
    assert_eq!(*now(it.asynchronous(&2)).unwrap(), 5);
    assert_eq!(Pin::new(&mut it).pinned().unwrap(), 5);
    assert_eq!(*it.items().next().unwrap().unwrap(), 5);
    let it = Arc::new(now(it.asynchronous_owned()).unwrap()).shared().unwrap();
    let it = Arc::into_inner(it).unwrap();
    assert_eq!(Box::new(it).boxed().unwrap(), 6);
    assert_eq!((Receivers(1).owned().unwrap(), Receivers(1).owned_mut().unwrap()), (1, 2));
    assert_eq!(breaker!("shapes/receivers").snapshot().calls.failure, 0);
}

trait Service {
    const N: u32;

    #[circuit_breaker(name = "shapes/trait")]
    fn call(&self) -> Answer {
        Ok(Self::N)
    }

    fn future(&self) -> impl Future<Output = Answer>;
}

impl Service for () {
    const N: u32 = 5;

    #[circuit_breaker(name = "shapes/trait")]
    async fn future(&self) -> Answer {
        Ok(Self::N + 1)
    }
}

#[test]
fn methods_of_traits() {
    assert_eq!((().call().unwrap(), now(().future()).unwrap()), (5, 6));
}

#[circuit_breaker(name = "shapes/recursive")]
fn factorial(n: u32) -> Answer {
    if n == 0 { Ok(1) } else { Ok(n * factorial(n - 1)?) }
}

#[circuit_breaker(name = "shapes/recursive_async")]
async fn countdown(n: u32) -> Answer {
    if n == 0 { Ok(0) } else { Box::pin(countdown(n - 1)).await }
}

#[test]
fn recursive_functions() {
    assert_eq!(factorial(5).unwrap(), 120);
    assert_eq!(breaker!("shapes/recursive").snapshot().calls.success, 6);
    assert_eq!(now(countdown(5)).unwrap(), 0);
}

#[circuit_breaker(name = "shapes/outer")]
fn outer(n: u32) -> Answer {
    #[circuit_breaker(name = "shapes/inner")]
    fn inner(n: u32) -> Answer {
        if n == 0 { down(n) } else { Ok(n) }
    }
    inner(n)
}

#[test]
fn a_guarded_function_inside_a_guarded_function() {
    assert_eq!(outer(1).unwrap(), 1);
    outer(0).unwrap_err();
    assert_eq!(breaker!("shapes/outer").failure_count(), 1);
    assert_eq!(breaker!("shapes/inner").failure_count(), 1);
}

#[circuit_breaker(name = "shapes/stacked_upper")]
#[circuit_breaker(name = "shapes/stacked_lower", threshold = 1)]
fn stacked(n: u32) -> Answer {
    if n == 0 { down(n) } else { Ok(n) }
}

#[circuit_breaker(name = "shapes/stacked_upper")]
#[circuit_breaker(name = "shapes/stacked_lower")]
async fn stacked_async(mut name: String, n: &u32) -> Result<&u32, Fault> {
    name.push('x');
    Ok(n)
}

#[test]
fn of_two_attributes_on_one_function_the_lower_one_is_asked_first() {
    assert_eq!(stacked(1).unwrap(), 1);
    assert_eq!(*now(stacked_async(String::new(), &1)).unwrap(), 1);
    stacked(0).unwrap_err();
    let Err(Fault::Refused(rejected)) = stacked(1) else { panic!("not refused") };
    assert_eq!(rejected.name(), "shapes/stacked_lower");
    assert_eq!(breaker!("shapes/stacked_upper").failure_count(), 1);
    assert_eq!(breaker!("shapes/stacked_upper").snapshot().calls.rejected, 0);
}

#[circuit_breaker(name = "shapes/aliases")]
fn io() -> std::io::Result<u32> {
    Ok(std::env::args().count().try_into().unwrap_or(1))
}

#[circuit_breaker(name = "shapes/aliases")]
async fn anyhow() -> anyhow::Result<u32> {
    let n: u32 = "7".parse()?;
    Ok(n)
}

#[test]
fn aliases_of_result() {
    io().unwrap();
    assert_eq!(now(anyhow()).unwrap(), 7);
    breaker!("shapes/aliases").open();
    assert!(io().unwrap_err().get_ref().unwrap().is::<Rejected>());
    assert!(now(anyhow()).unwrap_err().is::<Rejected>());
}

struct Point {
    x: u32,
    y: u32,
}

#[allow(clippy::many_single_char_names)]
#[circuit_breaker(name = "shapes/arguments")]
fn arguments(
    mut a: Vec<u32>,
    Point { x, mut y }: Point,
    (b, [c, .., d]): (u32, [u32; 3]),
    &e: &u32,
    #[cfg(not(test))] missing: u32,
    #[cfg(test)] present: u32,
    f: impl Fn(u32) -> u32,
    _: u32,
) -> Answer {
    y += 1;
    a.push(x + y + b + c + d + e);
    #[cfg(not(test))]
    a.push(missing);
    #[cfg(test)]
    a.push(present);
    Ok(f(a.iter().sum()))
}

#[allow(clippy::many_single_char_names)]
#[circuit_breaker(name = "shapes/arguments")]
async fn arguments_async(
    mut a: Vec<u32>,
    Point { x, mut y }: Point,
    (b, [c, .., mut d]): (u32, [u32; 3]),
    #[cfg(not(test))] missing: u32,
    mut r: &u32,
    other: &u32,
) -> Answer {
    y += 1;
    d += 1;
    tokio::task::yield_now().await;
    if y == 0 {
        r = other;
    }
    a.push(x + y + b + c + d + r);
    #[cfg(not(test))]
    a.push(missing);
    Ok(a.iter().sum())
}

#[circuit_breaker(name = "shapes/arguments")]
async fn argument_for_a_local(mut text: &str) -> Result<usize, Fault> {
    let twice = text.repeat(2);
    text = &twice;
    tokio::task::yield_now().await;
    Ok(text.len())
}

#[tokio::test]
async fn arguments_mut_taken_apart_under_cfg() {
    let point = || Point { x: 1, y: 2 };
    let n = arguments(Vec::new(), point(), (1, [1, 2, 3]), &5, 7, |n| n * 2, 0);
    assert_eq!(n.unwrap(), 2 * (1 + 3 + 1 + 1 + 3 + 5 + 7));
    let n = arguments_async(Vec::new(), point(), (1, [1, 2, 3]), &10, &20).await;
    assert_eq!(n.unwrap(), 1 + 3 + 1 + 1 + 4 + 10);
    assert_eq!(argument_for_a_local("ab").await.unwrap(), 4);
}

macro_rules! give_up {
    ($n:expr) => {
        return Err(Fault::Down($n))
    };
}

#[circuit_breaker(name = "shapes/early")]
fn early(n: u32) -> Answer {
    for m in 0..n {
        if m == 2 {
            give_up!(m);
        }
    }
    Ok(n)
}

#[circuit_breaker(name = "shapes/early")]
async fn early_async(n: u32) -> Answer {
    if n > 2 {
        give_up!(n);
    }
    Ok(n)
}

#[test]
fn returns_hidden_in_a_macro() {
    assert_eq!((early(2).unwrap(), now(early_async(2)).unwrap()), (2, 2));
    early(3).unwrap_err();
    now(early_async(3)).unwrap_err();
    assert_eq!(breaker!("shapes/early").failure_count(), 2);
}

macro_rules! guarded {
    ($vis:vis $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty, $threshold:expr, $body:block) => {
        #[circuit_breaker(name = "shapes/from_macro", threshold = $threshold)]
        $vis fn $name($($arg: $ty),*) -> $ret $body
    };
}

guarded!(pub(crate) from_macro(a: u32, b: u32) -> Answer, 3, { Ok(a + b) });

#[test]
fn a_function_that_a_macro_writes() {
    assert_eq!(from_macro(1, 2).unwrap(), 3);
    assert_eq!(breaker!("shapes/from_macro").settings().get_threshold(), 3);
}

/// # Safety
///
/// `n` points to a number.
#[circuit_breaker(name = "shapes/unsafe")]
unsafe fn dangerous(n: *const u32) -> Answer {
    Ok(unsafe { *n })
}

#[circuit_breaker(name = "shapes/extern", fallback = |_| -1)]
extern "C" fn foreign(n: i32) -> i32 {
    n
}

#[test]
fn unsafe_and_extern_functions() {
    assert_eq!(unsafe { dangerous(&3) }.unwrap(), 3);
    let pointer: extern "C" fn(i32) -> i32 = foreign;
    assert_eq!(pointer(3), 3);
    breaker!("shapes/extern").open();
    assert_eq!(pointer(3), -1);
}

#[derive(Debug, PartialEq)]
enum Reply {
    Page(u32),
    Broken(u16),
    Unavailable,
}

impl Outcome for Reply {
    type Value = Self;
    type Error = u16;

    fn outcome(&self) -> Result<&Self, &u16> {
        match self {
            Self::Broken(status) => Err(status),
            other => Ok(other),
        }
    }
}

impl FromRejection for Reply {
    fn from_rejection(_: Rejected) -> Self {
        Self::Unavailable
    }
}

#[circuit_breaker(name = "shapes/outcome", threshold = 1, exclude = [|status: &u16| *status == 404])]
fn page(status: u16) -> Reply {
    if status == 200 { Reply::Page(1) } else { Reply::Broken(status) }
}

#[circuit_breaker(name = "shapes/outcome")]
async fn page_async() -> Reply {
    Reply::Page(2)
}

#[test]
fn a_returned_type_of_ones_own() {
    assert_eq!(page(404), Reply::Broken(404));
    assert_eq!(now(page_async()), Reply::Page(2));
    assert_eq!(page(500), Reply::Broken(500));
    assert_eq!((page(200), now(page_async())), (Reply::Unavailable, Reply::Unavailable));
}

#[circuit_breaker(name = "shapes/borrows")]
fn longest<'a>(a: &'a str, b: &'a str, made: &Cell<u32>) -> Result<&'a str, Fault> {
    made.set(made.get() + 1);
    Ok(if a.len() > b.len() { a } else { b })
}

#[circuit_breaker(name = "shapes/borrows")]
fn dynamic(items: &[u32]) -> Result<Box<dyn Fn(usize) -> Option<u32> + '_>, Fault> {
    Ok(Box::new(|n| items.get(n).copied()))
}

#[circuit_breaker(name = "shapes/borrows")]
fn nested_impl(n: u32) -> Result<Option<impl Fn(u32) -> u32>, Fault> {
    Ok(Some(move |m| n + m))
}

#[circuit_breaker(name = "shapes/borrows")]
#[allow(clippy::type_complexity)]
fn nested_deeper(
    n: u32,
) -> Result<([impl Fn(u32) -> u32; 2], Box<[impl Display]>, &'static (impl Display + Sync)), Fault>
{
    let add = move |m| n + m;
    Ok(([add, add], Box::new([n, n]), &"static"))
}

macro_rules! returning {
    ($name:ident, $output:ty) => {
        #[circuit_breaker(name = "shapes/borrows")]
        fn $name(n: u32) -> $output {
            Ok(move |m| n * m)
        }
    };
}

returning!(nested_in_a_fragment, Result<impl Fn(u32) -> u32, Fault>);

#[test]
fn what_a_function_returns_may_borrow_or_be_inferred() {
    let (adders, numbers, text) = nested_deeper(1).unwrap();
    assert_eq!(
        (adders[1](2), numbers[0].to_string(), text.to_string()),
        (3, "1".into(), "static".into())
    );
    assert_eq!(nested_in_a_fragment(2).unwrap()(3), 6);
    let made = Cell::new(0);
    assert_eq!(longest("a", "bb", &made).unwrap(), "bb");
    assert_eq!(dynamic(&[1, 2]).unwrap()(1), Some(2));
    assert_eq!(nested_impl(1).unwrap().unwrap()(2), 3);
}

#[circuit_breaker(name = "shapes/question_marks")]
fn question_marks(text: &str) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    let n: u32 = text.trim().parse()?;
    let closure =
        || -> Result<u32, std::num::ParseIntError> { Ok(text.trim().parse::<u32>()? + n) };
    Ok(closure()?)
}

#[test]
fn question_marks_convert_as_without_the_attribute() {
    assert_eq!(question_marks(" 2 ").unwrap(), 4);
    assert!(question_marks("x").unwrap_err().is::<std::num::ParseIntError>());
}
