//! Looking for a type in an error.

use std::cell::Cell;
use std::error::Error;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};

use super::compared::IsError;
use super::evidence::Evidence;

/// A type that is looked for.
#[derive(Debug)]
pub struct Wanted<X>(PhantomData<fn() -> X>);

impl<X> Wanted<X> {
    pub const fn of_type() -> Self {
        Self(PhantomData)
    }

    /// `test`, noting in `met` that there was something to test.
    pub fn noting(&self, met: &Cell<bool>, test: impl Fn(&X) -> bool) -> impl Fn(&X) -> bool {
        move |found| {
            met.set(true);
            test(found)
        }
    }
}

/// An error type: looked for in the whole chain.
pub trait WantedError<X> {
    fn found_in<E>(&self, _: &E, evidence: &Evidence<'_>, test: &dyn Fn(&X) -> bool) -> bool;
}

impl<X: Error + 'static> WantedError<X> for Wanted<X> {
    fn found_in<E>(&self, _: &E, evidence: &Evidence<'_>, test: &dyn Fn(&X) -> bool) -> bool {
        evidence.clues.find_error(test)
    }
}

/// Any other type: it can only be the error itself.
pub trait WantedValue<X> {
    fn found_in<E: IsError<X>>(
        &self,
        error: &E,
        evidence: &Evidence<'_>,
        test: &dyn Fn(&X) -> bool,
    ) -> bool;
}

impl<X: 'static> WantedValue<X> for &Wanted<X> {
    fn found_in<E: IsError<X>>(
        &self,
        error: &E,
        _: &Evidence<'_>,
        test: &dyn Fn(&X) -> bool,
    ) -> bool {
        test(error.as_error())
    }
}

/// What an attribute's list asks for, and whether it was ever met: material for the report of a trip.
#[derive(Debug)]
pub struct Sought {
    name: &'static str,
    /// What the list makes of it: "excluded", "ignored" or, in `only`, "counted".
    verdict: &'static str,
    met: AtomicBool,
    hidden: AtomicBool,
}

impl Sought {
    pub const fn new(name: &'static str, verdict: &'static str) -> Self {
        let (met, hidden) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { name, verdict, met, hidden }
    }

    /// Notes whether it was met in the error at hand, and if not, whether it may be hidden there.
    pub fn note(&self, met: bool, convertible: bool, evidence: &Evidence<'_>) {
        if met {
            self.met.store(true, Ordering::Relaxed);
        } else if convertible && evidence.clues.may_hide() {
            self.hidden.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn remark(&self) -> Option<String> {
        let suspicious = self.hidden.load(Ordering::Relaxed) && !self.met.load(Ordering::Relaxed);
        // A trip is no sign that something which is to be counted was not seen.
        (suspicious && self.verdict != "counted").then(|| {
            format!(
                "`{0}` is {1} and the function's error converts from it, but it was never found in one; if a variant \
                 marked #[error(transparent)] wraps it, derive `circuit_runtime::Causes` on the error, or name the \
                 variant instead",
                self.name, self.verdict
            )
        })
    }
}

/// Whether the error's type converts from `X`.
#[allow(missing_debug_implementations, reason = "lives for one call of an expansion")]
pub struct PerhapsConvertible<E, X>(PhantomData<fn(X) -> E>);

impl<E, X> PerhapsConvertible<E, X> {
    pub fn of(_: &E, _: &Wanted<X>) -> Self {
        Self(PhantomData)
    }
}

pub trait Convertible {
    fn convertible(&self) -> bool;
}

impl<E: From<X>, X> Convertible for PerhapsConvertible<E, X> {
    fn convertible(&self) -> bool {
        true
    }
}

pub trait NotConvertible {
    fn convertible(&self) -> bool;
}

impl<E, X> NotConvertible for &PerhapsConvertible<E, X> {
    fn convertible(&self) -> bool {
        false
    }
}
