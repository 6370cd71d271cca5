//! Looking at the fields of an error: for `#[derive(Causes)]`, in tiers as in `probe`.

use std::error::Error;
use std::ops::Deref;

use super::probe::{DynError, Probe};
use crate::breaker::{Causes, walk};

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
