//! What a failed call had to say, kept short and taken without risk.

use std::fmt::{self, Debug, Display};
use std::time::Duration;

/// In which way a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FailureKind {
    /// It returned an error that counts.
    Error,
    /// It returned a value for which `failure_if` is true.
    Value,
    /// It returned a value or an excluded error, or was cancelled, after longer than `slow_call`.
    Slow,
    /// It panicked.
    Panic,
    /// It was dropped before an outcome, where `on_cancel = failure`.
    Cancelled,
}

/// A counted failure, as listeners see it. `Display` prints what the error said.
///
/// ```
/// use circuit_runtime::{CircuitBreaker, Failure, FailureKind, Listener};
///
/// struct Alarm;
///
/// impl Listener for Alarm {
///     fn failure(&self, breaker: &CircuitBreaker, failure: &Failure<'_>) {
///         if failure.kind() == FailureKind::Panic {
///             eprintln!("{}: {failure}", breaker.name());
///         }
///     }
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Failure<'a> {
    reason: Reason<'a>,
}

impl<'a> Failure<'a> {
    pub(crate) fn new(reason: Reason<'a>) -> Self {
        Self { reason }
    }

    /// In which way the call failed.
    pub fn kind(&self) -> FailureKind {
        match self.reason {
            Reason::Error(_) => FailureKind::Error,
            Reason::Value => FailureKind::Value,
            Reason::Slow(_) => FailureKind::Slow,
            Reason::Panic => FailureKind::Panic,
            Reason::Cancelled => FailureKind::Cancelled,
        }
    }
}

impl Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            Reason::Error(Message::Display(error)) => Display::fmt(error, f),
            Reason::Error(Message::Debug(error)) => Debug::fmt(error, f),
            Reason::Error(Message::Type(name)) => f.write_str(name),
            Reason::Value => f.write_str("a value that `failure_if` refuses"),
            Reason::Slow(Slow { taken, limit }) => {
                write!(f, "took {taken:?}, longer than {limit:?}")
            }
            Reason::Panic => f.write_str("panicked"),
            Reason::Cancelled => f.write_str("cancelled"),
        }
    }
}

impl Debug for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Failure").field(&format_args!("{self}")).finish()
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Reason<'a> {
    Error(Message<'a>),
    Value,
    Slow(Slow),
    Panic,
    Cancelled,
}

/// How long a call took, and what it should have taken at most.
#[derive(Clone, Copy)]
pub(crate) struct Slow {
    pub(crate) taken: Duration,
    pub(crate) limit: Duration,
}

/// The best that an error's type offers to print it with.
#[derive(Clone, Copy)]
pub enum Message<'a> {
    /// Most errors.
    Display(&'a dyn Display),
    /// Where there is no `Display`.
    Debug(&'a dyn Debug),
    /// Where there is neither: the name of the type.
    Type(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_prints_what_its_error_says() {
        let refused = Failure::new(Reason::Value);
        assert_eq!(format!("{refused:?}"), "Failure(a value that `failure_if` refuses)");
        let error = Failure::new(Reason::Error(Message::Display(&"down")));
        assert_eq!((error.to_string().as_str(), error.kind()), ("down", FailureKind::Error));
    }
}
