//! Where in an error a type can be found.

use std::any::{Any, TypeId};
use std::error::Error;
use std::io;
use std::sync::Arc;

/// Shows the errors inside an error, those included that `source()` passes over.
///
/// `exclude = [ValidationError]` finds a `ValidationError` in an error's `source()` chain. A variant marked
/// `#[error(transparent)]` forwards `source()` past the error it wraps, so nobody can see it there. Derive this
/// trait on the enum, and every `#[from]`, `#[source]` and transparent field is looked into:
///
/// ```
/// use circuit_runtime::{Causes, Rejected};
///
/// #[derive(Debug, thiserror::Error)]
/// #[error("no such customer")]
/// struct ValidationError;
///
/// #[derive(Debug, thiserror::Error, Causes)]
/// enum DbError {
///     #[error(transparent)]
///     Validation(#[from] ValidationError),
///     #[error(transparent)]
///     Rejected(#[from] Rejected),
/// }
/// ```
pub trait Causes {
    /// Calls `visit` for each error inside this one, itself not included, until it returns `true`; returns whether
    /// it did.
    fn causes(&self, visit: &mut dyn FnMut(&(dyn Error + 'static)) -> bool) -> bool;
}

/// The error that an `io::Error` was made with; its `source()` begins only behind that one.
impl Causes for io::Error {
    fn causes(&self, visit: &mut dyn FnMut(&(dyn Error + 'static)) -> bool) -> bool {
        self.get_ref().is_some_and(|inner| walk(inner, visit))
    }
}

/// What is in the box, and what is inside that.
impl<T: Causes + Error + 'static> Causes for Box<T> {
    fn causes(&self, visit: &mut dyn FnMut(&(dyn Error + 'static)) -> bool) -> bool {
        visit(&**self) || (**self).causes(visit)
    }
}

/// What is shared, and what is inside that.
impl<T: Causes + Error + 'static> Causes for Arc<T> {
    fn causes(&self, visit: &mut dyn FnMut(&(dyn Error + 'static)) -> bool) -> bool {
        visit(&**self) || (**self).causes(visit)
    }
}

/// A chain longer than this has a loop in it.
const LONGEST_CHAIN: usize = 128;

/// Visits `error` and its chain of sources.
pub(crate) fn walk(
    error: &(dyn Error + 'static),
    visit: &mut dyn FnMut(&(dyn Error + 'static)) -> bool,
) -> bool {
    let mut next = Some(error);
    for _ in 0..LONGEST_CHAIN {
        let Some(error) = next else { return false };
        if visit(error) {
            return true;
        }
        next = made_with(error).or_else(|| error.source());
    }
    false
}

/// The error that one was made with which shows in its `source()` only what lies behind that.
fn made_with<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return error.get_ref().map(|inner| inner as _);
    }
    #[cfg(feature = "reqwest-middleware")]
    if let Some(error) = error.downcast_ref::<reqwest_middleware::Error>() {
        return Some(match error {
            reqwest_middleware::Error::Middleware(inner) => &**inner,
            reqwest_middleware::Error::Reqwest(inner) => inner,
        });
    }
    None
}

/// An error of type `X` in `error`, bare, boxed or shared.
pub(crate) fn as_error<'e, X: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e X> {
    error
        .downcast_ref::<X>()
        .or_else(|| error.downcast_ref::<Box<X>>().map(|boxed| &**boxed))
        .or_else(|| error.downcast_ref::<Arc<X>>().map(|shared| &**shared))
}

/// A value of type `X` in `value`, bare, boxed or shared.
pub(crate) fn as_value<X: 'static>(value: &dyn Any) -> Option<&X> {
    value
        .downcast_ref::<X>()
        .or_else(|| value.downcast_ref::<Box<X>>().map(|boxed| &**boxed))
        .or_else(|| value.downcast_ref::<Arc<X>>().map(|shared| &**shared))
}

/// What can be seen of an error whose type the runtime does not know.
#[derive(Clone, Copy)]
pub(crate) struct Clues<'e> {
    pub(crate) own_type: TypeId,
    pub(crate) own: Option<&'e dyn Any>,
    pub(crate) inside: Inside<'e>,
}

/// How to get at the errors inside.
#[derive(Clone, Copy)]
pub enum Inside<'e> {
    /// The type says itself; nothing is hidden.
    Causes(&'e dyn Causes),
    /// A `dyn Error`: itself, and what its chain shows.
    Dyn(&'e (dyn Error + 'static)),
    /// What `source()` shows: a transparent variant hides what it wraps.
    Source(Option<&'e (dyn Error + 'static)>),
    /// Not an error.
    Nothing,
}

impl Clues<'_> {
    pub(crate) fn visit(&self, visit: &mut dyn FnMut(&(dyn Error + 'static)) -> bool) -> bool {
        match self.inside {
            Inside::Causes(causes) => causes.causes(visit),
            Inside::Dyn(error) | Inside::Source(Some(error)) => walk(error, visit),
            Inside::Source(None) | Inside::Nothing => false,
        }
    }

    /// Whether an error inside may be out of sight.
    pub(crate) fn may_hide(&self) -> bool {
        matches!(self.inside, Inside::Source(_))
    }

    /// Whether the error is an `X` for which `test` holds, or has one inside.
    pub(crate) fn find_error<X: Error + 'static>(&self, test: &dyn Fn(&X) -> bool) -> bool {
        self.find_value(test) || self.visit(&mut |error| as_error::<X>(error).is_some_and(test))
    }

    /// Whether the error itself is an `X` for which `test` holds.
    pub(crate) fn find_value<X: 'static>(&self, test: &dyn Fn(&X) -> bool) -> bool {
        self.own.and_then(as_value::<X>).is_some_and(test)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("wanted")]
    struct Wanted;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer<S: Error + 'static>(#[source] S);

    fn sees(error: &(dyn Error + 'static)) -> bool {
        walk(error, &mut |error| as_error::<Wanted>(error).is_some())
    }

    #[test]
    fn a_type_is_found_bare_boxed_shared_and_behind_io_errors() {
        assert!(sees(&Wanted));
        assert!(sees(&Outer(Wanted)));
        assert!(sees(&Outer(Box::new(Wanted))));
        assert!(sees(&Outer(Arc::new(Wanted))));
        assert!(sees(&io::Error::other(Wanted)));
        assert!(sees(&Outer(io::Error::other(Outer(io::Error::other(Wanted))))));
        assert!(!sees(&Outer(io::Error::other("other"))));
    }

    #[test]
    fn a_chain_with_a_loop_in_it_ends() {
        #[derive(Debug, thiserror::Error)]
        #[error("again")]
        struct Loop(#[source] &'static Turn);
        #[derive(Debug)]
        struct Turn;
        impl fmt::Display for Turn {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("again")
            }
        }
        impl Error for Turn {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&Turn)
            }
        }
        let mut visits = 0;
        assert!(!walk(&Loop(&Turn), &mut |_| {
            visits += 1;
            false
        }));
        assert_eq!(visits, LONGEST_CHAIN);
    }
}
