//! What a returned value means, and how a rejection is put into it: by trait, never by the name of a type.

use crate::breaker::Rejected;

/// A value that tells success from failure. `Result` is one; implement it, and [`FromRejection`], for a type of
/// your own that a guarded function is to return.
///
/// ```
/// use circuit_runtime::{FromRejection, Outcome, Rejected, circuit_breaker};
///
/// enum Reply { Page(String), Broken(u16), Unavailable }
///
/// impl Outcome for Reply {
///     type Value = Self;
///     type Error = u16;
///     fn outcome(&self) -> Result<&Self, &u16> {
///         match self {
///             Self::Broken(status) => Err(status),
///             _ => Ok(self),
///         }
///     }
/// }
///
/// impl FromRejection for Reply {
///     fn from_rejection(_: Rejected) -> Self {
///         Self::Unavailable
///     }
/// }
///
/// #[circuit_breaker(name = "pages")]
/// fn page(broken: bool) -> Reply {
///     if broken { Reply::Broken(502) } else { Reply::Page("hello".into()) }
/// }
///
/// page(true);
/// assert_eq!(circuit_runtime::breaker!("pages").failure_count(), 1);
/// page(false);
/// assert_eq!(circuit_runtime::breaker!("pages").failure_count(), 0);
/// ```
pub trait Outcome {
    /// What there is on success.
    type Value;
    /// What there is on failure: what `exclude`, `ignore` and `only` are matched against.
    type Error;

    /// Which of the two it is.
    fn outcome(&self) -> Result<&Self::Value, &Self::Error>;
}

impl<T, E> Outcome for Result<T, E> {
    type Value = T;
    type Error = E;

    #[inline]
    fn outcome(&self) -> Result<&T, &E> {
        self.as_ref()
    }
}

/// A value that can say that the call was not made.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot carry a rejection",
    label = "a call that the breaker rejects has to return one of these",
    note = "if it is a `Result<T, E>`: add to `E` a variant `Rejected(#[from] circuit_runtime::Rejected)`, \
            or say how to make an `E` with `rejected = |rejected| ..`, or answer rejected calls with `fallback = ..`",
    note = "if it is not: return a `Result`, or answer rejected calls with `fallback = ..`",
    note = "if it is an iterator, a stream or a future of a type of its own: box it, or return `impl Iterator`, \
            `impl Stream` or `impl Future`"
)]
pub trait FromRejection {
    /// The value for a call that was rejected.
    fn from_rejection(rejected: Rejected) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<Rejected>> FromRejection for Result<T, E> {
    #[inline]
    fn from_rejection(rejected: Rejected) -> Self {
        Err(E::from(rejected))
    }
}
