//! Locks whose holder cannot have left anything half done.

use std::sync::{LockResult, PoisonError};

/// For locks under which no foreign code runs and whose data is whole between any two statements: a panic cannot
/// have broken it, so the poison flag says nothing worth passing on to a caller.
pub(crate) trait Unpoisoned<G> {
    fn unpoisoned(self) -> G;
}

impl<G> Unpoisoned<G> for LockResult<G> {
    fn unpoisoned(self) -> G {
        self.unwrap_or_else(PoisonError::into_inner)
    }
}
