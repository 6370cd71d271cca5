//! Generics of every kind.

use std::fmt::{Debug, Display};
use std::future::Future;
use std::marker::PhantomData;

use circuit_runtime::{Rejected, breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted, now, pause};

#[circuit_breaker(name = "functions/generics")]
fn types<T: Clone, E>(value: Result<T, E>) -> Result<(T, T), E>
where
    E: From<Rejected>,
{
    let value = value?;
    Ok((value.clone(), value))
}

// cached #48, #211, #217, #139
#[circuit_breaker(name = "functions/generics")]
fn lifetimes<'a: 'b, 'b, T: ?Sized + 'a>(long: &'a T, _short: &'b T) -> Answer<&'b T> {
    Ok(long)
}

#[circuit_breaker(name = "functions/generics")]
fn constants<const N: usize, const B: bool>(items: [u32; N]) -> Answer<[u32; N]> {
    let mut doubled = [0; N];
    for (to, from) in doubled.iter_mut().zip(&items) {
        *to = if B { from * 2 } else { *from };
    }
    Ok(doubled)
}

#[circuit_breaker(name = "functions/generics")]
fn higher_ranked<F>(f: F) -> Answer<usize>
where
    for<'a> F: Fn(&'a str) -> &'a str,
{
    Ok(f(&String::from(" a ")).len())
}

#[circuit_breaker(name = "functions/generics")]
fn conditional<#[cfg(test)] T: Default, #[cfg(not(test))] U: Default>() -> Answer<T> {
    Ok(T::default())
}

trait Source {
    type Error: From<Rejected> + Debug;
    type Item<'s>
    where
        Self: 's;
    const LIMIT: usize;

    fn first(&self) -> Option<Self::Item<'_>>;
}

impl Source for Vec<String> {
    type Error = Fault;
    type Item<'s> = &'s str;
    const LIMIT: usize = 2;

    fn first(&self) -> Option<&str> {
        self.iter().next().map(String::as_str)
    }
}

#[circuit_breaker(name = "functions/generics")]
fn of_an_associated_type<S: Source>(source: &S) -> Result<Option<S::Item<'_>>, S::Error> {
    Ok(source.first())
}

#[circuit_breaker(name = "functions/generics")]
async fn of_an_associated_type_later<S: Source>(source: &S) -> Result<usize, <S as Source>::Error> {
    pause().await;
    Ok(source.first().map_or(0, |_| S::LIMIT))
}

#[circuit_breaker(name = "functions/generics")]
async fn later<T, F, U>(make: F, values: Vec<T>) -> Answer<Vec<U>>
where
    F: Fn(T) -> U,
    U: Send,
{
    let mut all = Vec::with_capacity(values.len());
    for value in values {
        pause().await;
        all.push(make(value));
    }
    Ok(all)
}

#[circuit_breaker(name = "functions/generics")]
async fn of_a_future<F, Fut, T>(make: F) -> Answer<T>
where
    F: FnOnce() -> Fut,
    Fut: Future<Output = Answer<T>>,
{
    make().await
}

#[derive(Debug)]
struct Typed<T, const N: usize = 2>(PhantomData<T>);

impl<T: Display + Default, const N: usize> Typed<T, N> {
    #[circuit_breaker(name = "functions/generics")]
    fn repeated<U: From<String>>(&self) -> Answer<[U; N]> {
        let _ = self;
        Ok([(); N].map(|()| T::default().to_string().into()))
    }
}

#[circuit_breaker(name = "functions/generics")]
fn sized_here<T>(value: &T) -> Answer<usize>
where
    T: ?Sized + AsRef<str>,
    [u8; 4]: Copy,
    for<'a> &'a T: Debug,
{
    let text = format!("{value:?}");
    Ok(text.len() + value.as_ref().len())
}

#[test]
fn generics_are_as_they_were() {
    assert_eq!(types::<_, Fault>(Ok('a')).unwrap(), ('a', 'a'));
    assert_eq!(types::<_, std::io::Error>(Ok(1_u8)).unwrap(), (1, 1));
    assert!(types::<u8, Fault>(Err(Fault::Down(1))).is_err());
    assert_eq!(lifetimes("a", &String::from("b")).unwrap(), "a");
    assert_eq!(constants::<2, true>([1, 2]).unwrap(), [2, 4]);
    assert_eq!(constants::<1, false>([1]).unwrap(), [1]);
    assert_eq!(higher_ranked(str::trim).unwrap(), 1);
    assert_eq!(conditional::<u32>().unwrap(), 0);
    let source = vec![String::from("a")];
    assert_eq!(of_an_associated_type(&source).unwrap(), Some("a"));
    assert_eq!(now(of_an_associated_type_later(&source)).unwrap(), 2);
    assert_eq!(now(later(|n: u8| n + 1, vec![1, 2])).unwrap(), [2, 3]);
    assert_eq!(now(of_a_future(|| async { Ok('x') })).unwrap(), 'x');
    assert_eq!(Typed::<u32>(PhantomData).repeated::<String>().unwrap(), ["0", "0"]);
    assert_eq!(sized_here("ab").unwrap(), 6);
    assert_eq!(counted(breaker!("functions/generics")), (13, 1));
}
