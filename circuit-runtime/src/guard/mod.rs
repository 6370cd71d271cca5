//! What an expansion calls: the site, what its returned value means, and the wrappers of futures and iterators.

#![allow(
    missing_docs,
    reason = "but for `Outcome` and `FromRejection`, only expansions name what is in here"
)]

mod either;
mod future;
mod iter;
mod judge;
mod outcome;
mod run;
mod site;

pub use either::Either;
pub use future::{Deferred, Guarded, defer, run_async};
pub use iter::{GuardedIter, Never, Reject, iterate, iterate_after, try_iterate};
pub use judge::{
    Convertible, DynError, Evidence, InsideByCauses, InsideByDeref, InsideBySource, InsideNothing,
    MessageByDebug, MessageByDisplay, MessageByType, NotConvertible, PerhapsConvertible, Probe,
    Sought, VisitCauses, VisitDyn, VisitError, VisitNothing, Wanted, WantedError, WantedValue,
};
pub use outcome::{
    FromRejection, Outcome, ReadOutcome, ReadPlain, Reading, Returned, ReturnedOutcome,
    ReturnedPlain,
};
pub use run::{accept, construct, run};
pub use site::Site;
