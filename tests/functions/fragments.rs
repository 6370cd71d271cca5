//! Functions that a `macro_rules!` writes.

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted, now};

macro_rules! guarded {
    (
        $(#[$attr:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty = $value:expr),*) -> $ret:ty,
        $breaker:literal, $threshold:expr, $body:block
    ) => {
        $(#[$attr])*
        #[circuit_breaker(name = $breaker, threshold = $threshold)]
        $vis fn $name($($arg: $ty),*) -> $ret $body
    };
}

const LIMIT: u32 = 3;

// async-trait #46, #104
guarded!(#[inline] pub(crate) fn added(a: u32 = 1, b: u32 = 2) -> Answer, "functions/fragments", LIMIT, { Ok(a + b) });
guarded!(fn borrowed(text: &'static str = "") -> Answer<&'static str>, "functions/fragments", 3, { Ok(text) });
guarded!(fn hidden(n: u32 = 1) -> Answer<impl Fn(u32) -> u32>, "functions/fragments", 3, { Ok(move |m| n * m) });

macro_rules! from_expressions {
    ($name:ident, $one:expr, $pattern:pat, $ty:ty, $lifetime:lifetime, $($rest:tt)*) => {
        #[circuit_breaker(name = "functions/fragments")]
        fn $name<$lifetime>($pattern: &$lifetime $ty, all: &$lifetime [$ty]) -> Answer<&$lifetime [$ty]> {
            let one = $one;
            Ok(&all[one $($rest)*..])
        }
    };
}

from_expressions!(of_fragments, 1 + 1, &_unused, u32, 'a, - 1);

macro_rules! methods {
    ($($ty:ty => $name:ident),*) => {$(
        impl Methods for $ty {
            #[circuit_breaker(name = "functions/fragments")]
            fn $name(&self) -> Answer {
                Ok(u32::from(*self))
            }
        }
    )*};
}

trait Methods {
    fn number(&self) -> Answer;
}

methods!(u8 => number, u16 => number, bool => number);

macro_rules! asynchronous {
    ($($name:ident: $ty:ty = $body:expr;)*) => {$(
        #[circuit_breaker(name = "functions/fragments", ttl = "1s")]
        async fn $name() -> Answer<$ty> {
            let value: $ty = $body;
            Ok(value)
        }
    )*};
}

asynchronous! {
    text: &'static str = "text";
    array: [u8; 2] = [1, 2];
}

/// A name that the caller gives is not the one that the macro uses inside.
macro_rules! hygienic {
    ($name:ident, $n:ident) => {
        #[circuit_breaker(name = "functions/fragments")]
        fn $name($n: u32) -> Answer {
            let n = 10;
            Ok(n + $n)
        }
    };
}

hygienic!(not_mixed_up, n);

macro_rules! with_settings {
    ($name:ident($($settings:tt)*)) => {
        #[circuit_breaker($($settings)*)]
        fn $name(n: u32) -> Answer {
            if n == 0 { Err(Fault::Down(n)) } else { Ok(n) }
        }
    };
}

with_settings!(settings(
    name = "functions/fragments",
    exclude = [Fault::Down],
    failure_if = |n| *n > 5
));

#[test]
fn functions_that_a_macro_writes() {
    assert_eq!(added(1, 2).unwrap(), 3);
    assert_eq!((borrowed("a").unwrap(), hidden(2).unwrap()(3)), ("a", 6));
    assert_eq!(of_fragments(&1, &[1, 2]).unwrap(), [2]);
    assert_eq!(
        (1_u8.number().unwrap(), 2_u16.number().unwrap(), true.number().unwrap()),
        (1, 2, 1)
    );
    assert_eq!((now(text()).unwrap(), now(array()).unwrap()), ("text", [1, 2]));
    assert_eq!(not_mixed_up(1).unwrap(), 11);
    assert!(settings(0).is_err());
    assert_eq!(settings(6).unwrap(), 6);
    let breaker = breaker!("functions/fragments");
    assert_eq!((counted(breaker), breaker.snapshot().calls.excluded), ((10, 1), 1));
    assert_eq!(breaker.settings().get_threshold(), 3);
}
