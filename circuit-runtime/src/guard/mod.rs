//! What an expansion calls: the site, what its returned value means, and the wrappers of futures, iterators and streams.

#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    reason = "but for `Outcome` and `FromRejection`, only expansions name what is in here"
)]

mod compared;
mod either;
mod entry;
mod evidence;
mod field;
mod future;
mod items;
mod iter;
mod lazily;
mod open_call;
mod outcome;
mod probe;
mod reading;
mod reject;
mod run;
mod sequel;
mod site;
#[cfg(feature = "stream")]
mod stream;
mod supplied;
mod wanted;

pub use compared::*;
pub use either::Either;
pub use entry::Entry;
pub use evidence::Evidence;
pub use field::{VisitCauses, VisitDyn, VisitError, VisitNothing};
pub use future::{Guarded, begin, defer};
pub use items::GuardedItems;
pub use lazily::{Lazily, lazily};
pub use open_call::OpenCall;
pub use outcome::{FromRejection, Outcome};
pub use probe::{
    DynError, InsideByCauses, InsideByDeref, InsideBySource, InsideNothing, MessageByDebug,
    MessageByDisplay, MessageByType, Probe,
};
pub use reading::{
    NoError, ReadOutcome, ReadPlain, ReadResult, Reading, Returned, ReturnedOutcome, ReturnedPlain,
};
pub use reject::{Admitted, Reject, RejectedBy};
pub use run::*;
pub use sequel::{Judging, Sequel, Value, items, try_items, value};
pub use site::{Site, no_breaker};
#[cfg(feature = "stream")]
pub use stream::stream;
pub use supplied::*;
pub use wanted::{
    Convertible, NotConvertible, PerhapsConvertible, Sought, Wanted, WantedError, WantedValue,
};
