//! The guarded call of an iterator or a stream: one call with one outcome, however many items.

use std::fmt;

use pin_project_lite::pin_project;

use super::open_call::OpenCall;
use crate::breaker::{Parked, Rejected};

pin_project! {
    /// An iterator or a stream whose call is open until its first counted failure, its end, or its drop.
    ///
    /// Has the traits that the inner one has, so that `impl A + B` still holds.
    #[must_use = "iterators and streams are lazy"]
    pub struct GuardedItems<I, L> {
        #[pin]
        pub(super) made: Made<I>,
        pub(super) judging: L,
    }
}

pin_project! {
    #[derive(Clone)]
    #[project = MadePinned]
    pub(super) enum Made<I> {
        Admitted { #[pin] inner: I, call: OpenCall },
        Rejected { rejected: Option<Rejected> },
    }
}

impl<I, L> GuardedItems<I, L> {
    pub(super) fn new(made: Result<(Parked<'static>, I), Rejected>, judging: L) -> Self {
        let made = match made {
            Ok((call, inner)) => Made::Admitted { inner, call: OpenCall::new(call) },
            Err(rejected) => Made::Rejected { rejected: Some(rejected) },
        };
        Self { made, judging }
    }
}

impl<I> Made<I> {
    /// How many items there may still be, where `inner` says that of its own.
    pub(super) fn size_hint(
        &self,
        inner: impl FnOnce(&I) -> (usize, Option<usize>),
    ) -> (usize, Option<usize>) {
        match self {
            Self::Admitted { inner: items, call } => {
                let (least, most) = inner(items);
                // Where it may still be rejected, there may be that one item as well.
                if call.parked.is_ahead() {
                    (least.min(1), most.map(|most| most.max(1)))
                } else {
                    (least, most)
                }
            }
            Self::Rejected { rejected } => {
                let left = usize::from(rejected.is_some());
                (left, Some(left))
            }
        }
    }
}

/// The clone yields the same items; the outcome of the call stays the original's to tell.
impl<I: Clone, L: Clone> Clone for GuardedItems<I, L> {
    fn clone(&self) -> Self {
        Self { made: self.made.clone(), judging: self.judging.clone() }
    }
}

impl<I: fmt::Debug, L> fmt::Debug for GuardedItems<I, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("GuardedItems");
        match &self.made {
            Made::Admitted { inner, .. } => tuple.field(inner).finish(),
            Made::Rejected { rejected } => tuple.field(rejected).finish(),
        }
    }
}
