//! What an error counts as: looking for types in a value whose own type only the expansion knows.
//!
//! The tiers below are chosen by the compiler, by method resolution on references ("autoref"): the first of them
//! that the error's type qualifies for. That works in generic functions too, where it depends on the bounds.

use std::any::{Any, type_name};
use std::error::Error;
use std::fmt::{Debug, Display};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::breaker::{Causes, CircuitBreaker, Clues, Inside, Message, Permit, Reason, walk};

/// All that an expansion says of one error.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "lives for one call of an expansion")]
pub struct Evidence<'e> {
    verdict: Judgement,
    clues: Clues<'e>,
    message: Message<'e>,
    sought: &'static [Sought],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    Failure,
    Excluded,
    Ignored,
}

impl<'e> Evidence<'e> {
    /// For functions with lists: looks at the error itself as well, and remembers what was sought.
    pub fn owning(mut self, error: &'e dyn Any, sought: &'static [Sought]) -> Self {
        self.clues.own = Some(error);
        self.sought = sought;
        self
    }

    pub fn excluded(mut self) -> Self {
        self.verdict = Judgement::Excluded;
        self
    }

    pub fn ignored(mut self) -> Self {
        self.verdict = Judgement::Ignored;
        self
    }

    /// What the whole comes to, what the breaker excludes at run time included.
    pub(super) fn judgement(&self, breaker: &CircuitBreaker) -> Judgement {
        match self.verdict {
            Judgement::Failure if breaker.excludes(&self.clues) => Judgement::Excluded,
            verdict => verdict,
        }
    }
}

/// Counts the end of a call that returned an error.
#[cold]
pub(super) fn settle(permit: Permit<'_>, evidence: Evidence<'_>) {
    match evidence.judgement(permit.breaker()) {
        Judgement::Ignored => permit.ignore(),
        Judgement::Excluded => permit.excluded(),
        Judgement::Failure => permit.failed(Reason::Error(evidence.message), &|| {
            evidence.sought.iter().filter_map(Sought::note).collect()
        }),
    }
}

/// A reference to an error, to ask it through.
#[allow(missing_debug_implementations, reason = "lives for one call of an expansion")]
pub struct Probe<'e, E>(pub &'e E);

impl<'e, E> Probe<'e, E> {
    pub fn evidence(&self, inside: Inside<'e>, message: Message<'e>) -> Evidence<'e> {
        let clues = Clues { own_type: typeid::of::<E>(), own: None, inside };
        Evidence { verdict: Judgement::Failure, clues, message, sought: &[] }
    }
}

/// First tier: `Box<dyn Error + ..>`, `anyhow::Error` and whatever else is a pointer to a `dyn Error`.
pub trait InsideByDeref<'e> {
    fn inside(&self) -> Inside<'e>;
}

impl<'e, E: Deref<Target: DynError>> InsideByDeref<'e> for &&&Probe<'e, E> {
    fn inside(&self) -> Inside<'e> {
        Inside::Dyn(self.0.as_dyn())
    }
}

/// Second tier: errors that show their causes.
pub trait InsideByCauses<'e> {
    fn inside(&self) -> Inside<'e>;
}

impl<'e, E: Causes> InsideByCauses<'e> for &&Probe<'e, E> {
    fn inside(&self) -> Inside<'e> {
        Inside::Causes(self.0)
    }
}

/// Third tier: all other errors.
pub trait InsideBySource<'e> {
    fn inside(&self) -> Inside<'e>;
}

impl<'e, E: Error> InsideBySource<'e> for &Probe<'e, E> {
    fn inside(&self) -> Inside<'e> {
        Inside::Source(self.0.source())
    }
}

/// Last tier: what is not an error at all.
pub trait InsideNothing<'e> {
    fn inside(&self) -> Inside<'e>;
}

impl<'e, E> InsideNothing<'e> for Probe<'e, E> {
    fn inside(&self) -> Inside<'e> {
        Inside::Nothing
    }
}

/// `dyn Error` with any of its auto traits.
pub trait DynError {
    fn as_dyn(&self) -> &(dyn Error + 'static);
}

macro_rules! dyn_error {
    ($($error:ty),*) => {$(
        impl DynError for $error {
            fn as_dyn(&self) -> &(dyn Error + 'static) {
                self
            }
        }
    )*};
}

dyn_error!(dyn Error, dyn Error + Send, dyn Error + Sync, dyn Error + Send + Sync);

type Visitor<'v> = &'v mut dyn FnMut(&(dyn Error + 'static)) -> bool;

/// First tier of fields: pointers to a `dyn Error`.
pub trait VisitDyn {
    fn visit_field(&self, visit: Visitor<'_>) -> bool;
}

impl<E: Deref<Target: DynError>> VisitDyn for &&&Probe<'_, E> {
    fn visit_field(&self, visit: Visitor<'_>) -> bool {
        walk(self.0.as_dyn(), visit)
    }
}

/// Second tier of fields: errors that show their causes.
pub trait VisitCauses {
    fn visit_field(&self, visit: Visitor<'_>) -> bool;
}

impl<E: Causes + Error + 'static> VisitCauses for &&Probe<'_, E> {
    fn visit_field(&self, visit: Visitor<'_>) -> bool {
        visit(self.0) || self.0.causes(visit)
    }
}

/// Third tier of fields: all other errors.
pub trait VisitError {
    fn visit_field(&self, visit: Visitor<'_>) -> bool;
}

impl<E: Error + 'static> VisitError for &Probe<'_, E> {
    fn visit_field(&self, visit: Visitor<'_>) -> bool {
        walk(self.0, visit)
    }
}

/// Last tier of fields: what is not an error at all.
pub trait VisitNothing {
    fn visit_field(&self, visit: Visitor<'_>) -> bool;
}

impl<E> VisitNothing for Probe<'_, E> {
    fn visit_field(&self, _: Visitor<'_>) -> bool {
        false
    }
}

/// First tier of printing.
pub trait MessageByDisplay<'e> {
    fn message(&self) -> Message<'e>;
}

impl<'e, E: Display> MessageByDisplay<'e> for &&Probe<'e, E> {
    fn message(&self) -> Message<'e> {
        Message::Display(self.0)
    }
}

/// Second tier of printing.
pub trait MessageByDebug<'e> {
    fn message(&self) -> Message<'e>;
}

impl<'e, E: Debug> MessageByDebug<'e> for &Probe<'e, E> {
    fn message(&self) -> Message<'e> {
        Message::Debug(self.0)
    }
}

/// Last tier of printing.
pub trait MessageByType<'e> {
    fn message(&self) -> Message<'e>;
}

impl<'e, E> MessageByType<'e> for Probe<'e, E> {
    fn message(&self) -> Message<'e> {
        Message::Type(type_name::<E>())
    }
}

/// A type that is looked for.
#[derive(Debug)]
pub struct Wanted<X>(PhantomData<fn() -> X>);

impl<X> Wanted<X> {
    #[allow(clippy::new_without_default, reason = "nobody but an expansion makes one")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// An error type: looked for in the whole chain.
pub trait WantedError<X> {
    fn found_in(&self, evidence: &Evidence<'_>, test: &dyn Fn(&X) -> bool) -> bool;
}

impl<X: Error + 'static> WantedError<X> for Wanted<X> {
    fn found_in(&self, evidence: &Evidence<'_>, test: &dyn Fn(&X) -> bool) -> bool {
        evidence.clues.find_error(test)
    }
}

/// Any other type: it can only be the error itself.
pub trait WantedValue<X> {
    fn found_in(&self, evidence: &Evidence<'_>, test: &dyn Fn(&X) -> bool) -> bool;
}

impl<X: 'static> WantedValue<X> for &Wanted<X> {
    fn found_in(&self, evidence: &Evidence<'_>, test: &dyn Fn(&X) -> bool) -> bool {
        evidence.clues.find_value(test)
    }
}

/// What an attribute's list asks for, and whether it was ever found: material for the report of a trip.
#[derive(Debug)]
pub struct Sought {
    name: &'static str,
    found: AtomicBool,
    hidden: AtomicBool,
}

impl Sought {
    pub const fn new(name: &'static str) -> Self {
        Self { name, found: AtomicBool::new(false), hidden: AtomicBool::new(false) }
    }

    /// Notes whether it was found in the error at hand, and if not, whether it may be hidden there.
    pub fn found(&self, found: bool, convertible: bool, evidence: &Evidence<'_>) -> bool {
        if found {
            self.found.store(true, Ordering::Relaxed);
        } else if convertible && evidence.clues.may_hide() {
            self.hidden.store(true, Ordering::Relaxed);
        }
        found
    }

    fn note(&self) -> Option<String> {
        let suspicious = self.hidden.load(Ordering::Relaxed) && !self.found.load(Ordering::Relaxed);
        suspicious.then(|| {
            format!(
                "`{0}` is excluded and the function's error converts from it, but it was never found in one; if a \
                 variant marked #[error(transparent)] wraps it, derive `circuit_runtime::Causes` on the error, or \
                 exclude the variant",
                self.name
            )
        })
    }
}

/// Whether the error's type converts from `X`.
#[allow(missing_debug_implementations, reason = "lives for one call of an expansion")]
pub struct PerhapsConvertible<E, X>(PhantomData<(fn() -> E, fn() -> X)>);

impl<E, X> PerhapsConvertible<E, X> {
    pub fn new(_: &E) -> Self {
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
