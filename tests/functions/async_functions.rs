//! `async fn`.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted, now, pause, poll};

#[circuit_breaker(name = "functions/async")]
async fn borrows<'a>(long: &'a str, short: &str) -> Answer<&'a str> {
    pause().await;
    Ok(long.trim_start_matches(short))
}

#[circuit_breaker(name = "functions/async")]
async fn mutable(rows: &mut [u32]) -> Answer<&mut u32> {
    pause().await;
    rows.last_mut().ok_or(Fault::Down(0))
}

#[circuit_breaker(name = "functions/async")]
async fn sent(name: String, mut rows: Vec<u32>) -> Answer<(String, Vec<u32>)> {
    rows.push(1);
    pause().await;
    Ok((name, rows))
}

#[circuit_breaker(name = "functions/async")]
async fn not_sent(name: Rc<str>, cell: &RefCell<u32>) -> Answer<Rc<str>> {
    pause().await;
    *cell.borrow_mut() += 1;
    Ok(name)
}

#[circuit_breaker(name = "functions/async")]
async fn across_a_lock(mutex: std::sync::Mutex<Vec<u32>>) -> Answer<Option<u32>> {
    let last = mutex.lock().unwrap().pop();
    pause().await;
    mutex.lock().unwrap().clear();
    Ok(last)
}

#[circuit_breaker(name = "functions/async")]
async fn awaits_an_argument(
    first: impl std::future::Future<Output = u32>,
    second: Pin<&mut (dyn std::future::Future<Output = u32> + Send)>,
) -> Answer {
    Ok(first.await + second.await)
}

#[circuit_breaker(name = "functions/async")]
async fn joins(n: u32) -> Answer {
    let (a, b) = tokio::join!(sent(String::new(), vec![n]), async { n + 1 });
    Ok(a?.1[0] + b)
}

#[circuit_breaker(name = "functions/async")]
async fn with_blocks_inside(rows: &[u32], seen: &Cell<u32>) -> Answer<usize> {
    let closure = || async { seen.set(seen.get() + 1) };
    closure().await;
    let length = async { rows.len() }.await;
    pause().await;
    closure().await;
    Ok(length)
}

/// # Safety
///
/// `n` points to a number for as long as the future lives.
#[circuit_breaker(name = "functions/async")]
async unsafe fn not_checked(n: *const u32) -> Answer {
    pause().await;
    // SAFETY: as the caller says.
    Ok(unsafe { *n })
}

#[circuit_breaker(name = "functions/async")]
pub(crate) async fn of_a_closure<F>(make: F) -> Answer
where
    F: for<'a> Fn(&'a str) -> Pin<Box<dyn std::future::Future<Output = u32> + 'a>>,
{
    let text = String::from("abc");
    Ok(make(&text).await)
}

#[circuit_breaker(name = "functions/async")]
async fn of_an_async_closure(
    mut each: impl AsyncFnMut(u32),
    last: impl AsyncFn(&str) -> u32,
) -> Answer {
    each(1).await;
    pause().await;
    each(2).await;
    Ok(last("abc").await)
}

#[test]
fn async_functions_are_as_they_were() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    assert_eq!(now(borrows("aab", &String::from("a"))).unwrap(), "b");
    let mut rows = [1, 2];
    *now(mutable(&mut rows)).unwrap() += 1;
    assert_eq!(
        now(assert_send(sent("a".into(), rows.to_vec()))).unwrap(),
        ("a".into(), vec![1, 3, 1])
    );
    let cell = RefCell::new(0);
    assert_eq!((&*now(not_sent("a".into(), &cell)).unwrap(), cell.take()), ("a", 1));
    assert_eq!(now(across_a_lock(vec![1, 2].into())).unwrap(), Some(2));
    let mut second = Box::pin(async { 2 });
    assert_eq!(now(awaits_an_argument(async { 1 }, second.as_mut())).unwrap(), 3);
    assert_eq!(now(joins(1)).unwrap(), 3);
    let seen = Cell::new(0);
    assert_eq!((now(with_blocks_inside(&[1], &seen)).unwrap(), seen.get()), (1, 2));
    // SAFETY: it points to a constant.
    assert_eq!(now(unsafe { not_checked(&3) }).unwrap(), 3);
    assert_eq!(
        now(of_a_closure(|text| Box::pin(async move { text.bytes().map(u32::from).sum() })))
            .unwrap(),
        294
    );
    let seen = RefCell::new(vec![]);
    let last = async |text: &str| text.bytes().map(u32::from).sum();
    assert_eq!(now(of_an_async_closure(async |n| seen.borrow_mut().push(n), last)).unwrap(), 294);
    assert_eq!(seen.take(), [1, 2]);
    assert_eq!(counted(breaker!("functions/async")), (12, 0));
}

macro_rules! chain {
    ($last:ident) => {
        #[circuit_breaker(name = "functions/async_chain")]
        async fn $last(n: u32) -> Answer {
            pause().await;
            Ok(n)
        }
    };
    ($name:ident $next:ident $($rest:ident)*) => {
        #[circuit_breaker(name = "functions/async_chain")]
        async fn $name(n: u32) -> Answer {
            let n = $next(n).await?;
            Ok(n + 1)
        }
        chain!($next $($rest)*);
    };
}

chain!(a b c d e f g h i j k l);

// lance #8416
#[test]
fn a_deep_chain_needs_no_higher_recursion_limit() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    let mut future = Box::pin(assert_send(a(1)));
    assert!(poll(future.as_mut()).is_pending());
    assert_eq!(now(future).unwrap(), 12);
    assert_eq!(counted(breaker!("functions/async_chain")), (12, 0));
}

#[tokio::test]
#[circuit_breaker(name = "functions/async_test")]
async fn a_test_of_tokio_can_be_guarded() -> Answer<()> {
    pause().await;
    Ok(())
}

#[circuit_breaker(name = "functions/async_test")]
#[tokio::test(flavor = "current_thread")]
async fn a_test_of_tokio_can_be_guarded_from_outside() -> Answer<()> {
    tokio::task::yield_now().await;
    Ok(())
}

#[test]
#[circuit_breaker(name = "functions/async_test", fallback = || ())]
fn a_test_can_be_guarded() {
    assert_ne!(counted(breaker!("functions/async_test")), (9, 9));
}
