//! What an expansion calls: the site, what its returned value means, and the wrappers of futures and iterators.

#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    reason = "but for `Outcome` and `FromRejection`, only expansions name what is in here"
)]

mod either;
mod evidence;
mod field;
mod future;
mod iter;
mod open_call;
mod outcome;
mod probe;
mod reject;
mod run;
mod site;
mod wanted;

pub use either::Either;
pub use evidence::Evidence;
pub use field::{VisitCauses, VisitDyn, VisitError, VisitNothing};
pub use future::{Guarded, defer, run_async};
pub use iter::{GuardedIter, iterate, iterate_after, try_iterate};
pub use outcome::{
    FromRejection, Outcome, ReadOutcome, ReadPlain, Reading, Returned, ReturnedOutcome,
    ReturnedPlain,
};
pub use probe::{
    DynError, InsideByCauses, InsideByDeref, InsideBySource, InsideNothing, MessageByDebug,
    MessageByDisplay, MessageByType, Probe,
};
pub use reject::{Admitted, Reject, RejectedBy};
pub use run::*;
pub use site::{Site, no_breaker};
pub use wanted::{
    Convertible, NotConvertible, PerhapsConvertible, Sought, Wanted, WantedError, WantedValue,
};
