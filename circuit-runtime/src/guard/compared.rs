//! What the items of `exclude`, `ignore` and `only` are compared with, so that what cannot be there is told so.

use std::any::Any;
use std::marker::PhantomData;

use super::probe::Probe;
use super::reading::NoError;

/// An error that is an `X`.
#[diagnostic::on_unimplemented(
    message = "the function's error is `{Self}`, not `{X}`",
    label = "this can never match",
    note = "a type is also looked for inside the error if it is an `Error` itself; an error inside a variant is reached by a \
            whole pattern, `DbError::Http(ApiError::NotFound)`, or a closure, `|e: &ApiError| ..`"
)]
pub trait IsError<X> {
    fn as_error(&self) -> &X;
}

impl<E> IsError<E> for E {
    #[inline]
    fn as_error(&self) -> &E {
        self
    }
}

// A pattern looks through references.
#[diagnostic::do_not_recommend]
impl<E> IsError<E> for &E {
    #[inline]
    fn as_error(&self) -> &E {
        self
    }
}

// Of two candidates the compiler does not choose one before it has seen the pattern.
#[diagnostic::do_not_recommend]
impl<E> IsError<Undecided<E>> for E {
    fn as_error(&self) -> &Undecided<E> {
        unreachable!("no pattern is of this type")
    }
}

/// Nothing.
#[derive(Debug)]
pub struct Undecided<E>(PhantomData<E>);

/// Compares `error` with a pattern, whose type is `X`.
#[inline]
pub fn is_match<X, E: IsError<X>>(error: &E, pattern: impl FnOnce(&X) -> bool) -> bool {
    pattern(error.as_error())
}

/// The same, if the error is of that type at all.
#[inline]
pub fn is_match_of_own<X: 'static, E: 'static>(
    error: &E,
    pattern: impl FnOnce(&X) -> bool,
) -> bool {
    (error as &dyn Any).downcast_ref().is_some_and(pattern)
}

impl Probe<'_, NoError> {
    pub fn has_errors<L: Errors>(&self, _: L) {}
}

/// All other errors.
pub trait HasErrors {
    fn has_errors<L>(&self, _: L) {}
}

impl<E> HasErrors for Probe<'_, E> {}

#[diagnostic::on_unimplemented(
    message = "there are no errors to tell apart: the function does not return a `Result`",
    label = "this can never match"
)]
pub trait Errors {}
