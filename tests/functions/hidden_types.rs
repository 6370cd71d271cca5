//! `impl Trait` in what is returned, at any depth.

use std::fmt::{Debug, Display};

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted};

// async-trait #281, tracing #1236
#[circuit_breaker(name = "functions/hidden_types")]
fn in_a_result(n: u32) -> Answer<impl Fn(u32) -> u32> {
    if n == 0 {
        return Err(Fault::Down(n));
    }
    Ok(move |m| n + m)
}

#[circuit_breaker(name = "functions/hidden_types")]
fn in_a_tuple(n: u32) -> Answer<(impl Display + Clone, u32, [impl Debug; 2])> {
    Ok((n.to_string(), n, [Some(n), None]))
}

#[circuit_breaker(name = "functions/hidden_types")]
#[allow(clippy::type_complexity)]
fn in_everything(
    n: u32,
) -> Answer<(Option<impl Fn(u32) -> u32>, Box<[impl Display]>, &'static (impl Display + Sync))> {
    Ok((Some(move |m| n * m), Box::new([n, n]), &"static"))
}

#[circuit_breaker(name = "functions/hidden_types")]
fn behind_a_pointer(n: &u32) -> Answer<*const (impl Debug + Copy)> {
    Ok(std::ptr::from_ref(n))
}

#[circuit_breaker(name = "functions/hidden_types")]
fn borrowing<'t>(text: &'t str, by: &'t str) -> Answer<impl Iterator<Item = &'t str> + Clone + 't> {
    Ok(text.split(by))
}

#[circuit_breaker(name = "functions/hidden_types")]
fn capturing<'t, T: Display>(text: &'t str, _: T) -> Answer<impl Display + use<'t, T>> {
    Ok(text)
}

#[circuit_breaker(name = "functions/hidden_types", fallback = |n| Parity(n))]
fn no_result(n: u32) -> impl Debug + PartialEq<Parity> {
    Parity(n % 2)
}

#[derive(Debug, PartialEq, Eq)]
struct Parity(u32);

trait Shop {
    type Price: Display;

    fn prices(&self) -> Answer<impl Iterator<Item = Self::Price> + '_>;

    #[circuit_breaker(name = "functions/hidden_types")]
    fn first(&self) -> Answer<Option<impl Display + '_>> {
        Ok(self.prices()?.next())
    }
}

impl Shop for [u32; 2] {
    type Price = u32;

    #[circuit_breaker(name = "functions/hidden_types")]
    fn prices(&self) -> Answer<impl Iterator<Item = u32> + '_> {
        Ok(self.iter().copied())
    }
}

#[test]
fn hidden_types_are_inferred_as_they_were() {
    assert_eq!(in_a_result(1).unwrap()(2), 3);
    assert!(in_a_result(0).is_err());
    let (text, n, pair) = in_a_tuple(1).unwrap();
    assert_eq!(
        (format!("{text}"), n, format!("{pair:?}")),
        ("1".into(), 1, "[Some(1), None]".into())
    );
    let (multiply, numbers, text) = in_everything(2).unwrap();
    assert_eq!(
        (multiply.unwrap()(3), numbers[1].to_string(), text.to_string()),
        (6, "2".into(), "static".into())
    );
    assert!(!behind_a_pointer(&1).unwrap().is_null());
    assert_eq!(borrowing("a-b", "-").unwrap().count(), 2);
    assert_eq!(capturing("a", 1).unwrap().to_string(), "a");
    assert!(no_result(3) == Parity(1));
    assert_eq!([1, 2].first().unwrap().unwrap().to_string(), "1");
    assert_eq!(counted(breaker!("functions/hidden_types")), (9, 1));
}
