//! Telling a breaker how a call ended.

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::error::Error;
use std::fmt::Display;

use super::verdict::{BoxError, Verdict};
use crate::breaker::{Clues, Inside, Message, OwnedPermit, Reason, Rejected};

/// Why a call failed.
pub(super) enum Why<'e> {
    /// It returned this error.
    Error { clues: Clues<'e>, text: &'e dyn Display },
    /// It returned a response that says so.
    Response(&'e dyn Fn() -> Cow<'static, str>),
}

impl<'e> Why<'e> {
    /// An error that can be looked into.
    pub(super) fn error(error: &'e (dyn Error + 'static)) -> Self {
        let clues = Clues { own_type: TypeId::of::<()>(), own: None, inside: Inside::Dyn(error) };
        Self::Error { clues, text: error }
    }

    /// An error of a type of which no more is known than its name; unless it is one of those that is known of many.
    pub(super) fn any<E: Display + 'static>(error: &'e E) -> Self {
        let own: &dyn Any = error;
        match own.downcast_ref::<BoxError>() {
            Some(error) => Self::error(&**error),
            None => {
                let inside = Inside::Nothing;
                let clues = Clues { own_type: TypeId::of::<E>(), own: Some(own), inside };
                Self::Error { clues, text: error }
            }
        }
    }
}

impl OwnedPermit {
    /// The call ended so; `why` is looked at only if it failed.
    pub(super) fn end(mut self, verdict: Verdict, why: &Why<'_>) {
        let permit = self.take();
        match verdict {
            Verdict::Success => permit.success(),
            Verdict::Excluded => permit.excluded(),
            Verdict::Ignored => permit.ignore(),
            Verdict::Failure | Verdict::Unavailable { .. } => {
                if let Why::Error { clues, .. } = why {
                    // A breaker further in has refused: nobody has asked the dependency.
                    if clues.find_error::<Rejected>(&|_| true) {
                        return permit.ignore();
                    }
                    if permit.breaker().excludes(clues) {
                        return permit.excluded();
                    }
                }
                let described;
                let text: &dyn Display = match why {
                    Why::Error { text, .. } => text,
                    Why::Response(describe) => {
                        described = describe();
                        &described
                    }
                };
                match verdict {
                    Verdict::Unavailable { retry_after } => {
                        let _ = retry_after;
                        permit.failed(Reason::Error(Message::Display(text)), &Vec::new);
                    }
                    _ => permit.failed(Reason::Error(Message::Display(text)), &Vec::new),
                }
            }
        }
    }
}
