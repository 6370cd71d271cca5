//! What a response counts as, and who says so.

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use ::http::HeaderMap;

/// An error of any type: what services of `tower` return.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// What the end of a call counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The dependency did what it was asked for.
    Success,
    /// It did not, and that is its fault.
    Failure,
    /// It did not, and said after what time it is worth asking again: the breaker opens at once, for that time, as
    /// [`Permit::unavailable`](crate::Permit::unavailable) has it.
    Unavailable {
        /// That time.
        retry_after: Duration,
    },
    /// It did not, which proves that it answers: a success to the state machine.
    Excluded,
    /// No evidence either way.
    Ignored,
}

/// Says what the end of a call counts as. Closures do: `|result: &Result<Reply, ClientError>| ..`; for HTTP there is
/// [`HttpStatus`](super::HttpStatus), for gRPC [`GrpcStatus`](super::GrpcStatus), and [`Errors`] for everything else.
///
/// It runs on the path of each call, at its end. A panic in it is a failure of the call, and goes on unwinding.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not classify `Result<{T}, {E}>`",
    label = "not a classifier of these",
    note = "a closure says of what it is one: `|result: &Result<{T}, {E}>| ..`"
)]
pub trait Classify<T, E> {
    /// What the end of this call counts as.
    fn classify(&self, result: &Result<T, E>) -> Verdict;

    /// Why a response is a failure, in a few words: for the report of a trip. Where it says nothing, the status does. An error
    /// speaks for itself.
    fn describe(&self, response: &T) -> Option<Cow<'static, str>> {
        let _ = response;
        None
    }

    /// How to judge what comes behind the body of this response, where bodies are watched: by default, not at all.
    fn trailers(&self, response: &T) -> Option<JudgeTrailers> {
        let _ = response;
        None
    }
}

/// What the trailers of a response say, or that it has none: what the call counts as, and why it failed if it did.
pub type JudgeTrailers =
    Box<dyn FnOnce(Option<&HeaderMap>) -> (Verdict, Cow<'static, str>) + Send + Sync>;

impl<T, E, C: Classify<T, E> + ?Sized> Classify<T, E> for Arc<C> {
    fn classify(&self, result: &Result<T, E>) -> Verdict {
        (**self).classify(result)
    }

    fn describe(&self, response: &T) -> Option<Cow<'static, str>> {
        (**self).describe(response)
    }

    fn trailers(&self, response: &T) -> Option<JudgeTrailers> {
        (**self).trailers(response)
    }
}

impl<T, E, F: Fn(&Result<T, E>) -> Verdict> Classify<T, E> for F {
    fn classify(&self, result: &Result<T, E>) -> Verdict {
        self(result)
    }
}

/// `Err` is a failure, `Ok` a success.
#[derive(Clone, Copy, Debug, Default)]
pub struct Errors;

impl<T, E> Classify<T, E> for Errors {
    fn classify(&self, result: &Result<T, E>) -> Verdict {
        match result {
            Ok(_) => Verdict::Success,
            Err(_) => Verdict::Failure,
        }
    }
}
