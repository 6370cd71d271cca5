//! What an error counts as.

use std::any::Any;

use super::wanted::Sought;
use crate::breaker::{CircuitBreaker, Clues, Message, Permit, Reason};

/// All that an expansion says of one error.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "lives for one call of an expansion")]
pub struct Evidence<'e> {
    verdict: Judgement,
    pub(super) clues: Clues<'e>,
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
    pub(super) fn of_failure(clues: Clues<'e>, message: Message<'e>) -> Self {
        Self { verdict: Judgement::Failure, clues, message, sought: &[] }
    }

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
#[inline(never)]
pub(super) fn settle(permit: Permit<'_>, evidence: Evidence<'_>) {
    let permit = match evidence.verdict {
        Judgement::Failure => permit.failed_early(),
        _ => Some(permit),
    };
    if let Some(permit) = permit {
        settle_slowly(permit, evidence);
    }
}

#[cold]
#[inline(never)]
fn settle_slowly(permit: Permit<'_>, evidence: Evidence<'_>) {
    match evidence.judgement(permit.breaker()) {
        Judgement::Ignored => permit.ignore(),
        Judgement::Excluded => permit.excluded(),
        Judgement::Failure => permit.failed(Reason::Error(evidence.message), &|| {
            evidence.sought.iter().filter_map(Sought::remark).collect()
        }),
    }
}
