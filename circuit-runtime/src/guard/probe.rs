//! What can be learnt of an error whose type only the expansion knows.
//!
//! The tiers are chosen by the compiler, by method resolution on references ("autoref"): the first of them that the
//! error's type qualifies for. That works in generic functions too, where it depends on the bounds.

use std::any::type_name;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::ops::Deref;

use super::evidence::Evidence;
use crate::breaker::{Causes, Clues, Inside, Message};
use crate::type_id::type_id_of;

/// A reference to an error, to ask it through.
#[allow(missing_debug_implementations, reason = "lives for one call of an expansion")]
pub struct Probe<'e, E>(pub &'e E);

impl<'e, E> Probe<'e, E> {
    pub fn evidence(&self, inside: Inside<'e>, message: Message<'e>) -> Evidence<'e> {
        let clues = Clues { own_type: type_id_of::<E>(), own: None, inside };
        Evidence::of_failure(clues, message)
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

/// `dyn Error`, with the auto traits that it is commonly boxed with.
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
