//! What an expansion names. Not public API: it changes without notice, in step with `circuit-macros`.

pub use std::boxed::Box;
pub use std::time::Duration;

#[cfg(feature = "stream")]
pub use futures_core::Stream;
pub use inventory;

pub use crate::breaker::{Inside, Message, OnCancel, Parked, Settings};
pub use crate::guard::*;
pub use crate::registry::Place;
pub use crate::{
    __circuit_answered as answered, __circuit_capture as capture, __circuit_evidence as evidence,
    __circuit_failure_if as failure_if, __circuit_fallback as fallback, __circuit_found as found,
    __circuit_outcome as outcome, __circuit_reading as reading, __circuit_reject as reject,
    __circuit_returning as returning, __circuit_searched as searched, __circuit_site as site,
    __circuit_visit as visit,
};

/// The initial value of the static `$site`, with the place it stands at, and its entry in the program's list of
/// declarations.
#[doc(hidden)]
#[macro_export]
macro_rules! __circuit_site {
    ($site:ident: refer($name:literal)) => {
        $crate::__circuit_site!(@$site refer($name))
    };
    ($site:ident: declare($name:literal) $($settings:tt)*) => {
        $crate::__circuit_site!(@$site declare($name, $crate::private::Settings::new() $($settings)*))
    };
    (@$site:ident $function:ident($name:literal $(, $settings:expr)?)) => {{
        $crate::private::inventory::submit!($site.declared());
        $crate::private::Site::$function(
            $name,
            $crate::private::Place::new(::core::file!(), ::core::line!(), ::core::column!()),
            $($settings)?
        )
    }};
}

/// The function `$asked` that `failure_if` names, to be asked about what `$reading` reads.
#[doc(hidden)]
#[macro_export]
macro_rules! __circuit_failure_if {
    ($asked:expr, $reading:expr) => {{
        use $crate::private::{Fitting as _, Unfitting as _};
        let __asked = $asked;
        (&$crate::private::to_be_asked(&__asked, $reading)).fit().asked(__asked)
    }};
}

/// What the function `$fallback` answers, as a `$ty`.
#[doc(hidden)]
#[macro_export]
macro_rules! __circuit_fallback {
    ($offered:ident, $fallback:expr, ($($argument:expr),*) -> $ty:ty) => {{
        use $crate::private::{Fitting as _, Unfitting as _};
        let (__fallback, __arguments) = ($fallback, ($($argument,)*));
        (&$crate::private::$offered::<_, _, $ty>(&__fallback, &__arguments))
            .fit()
            .answer(__fallback, __arguments)
    }};
}

/// A `$ty` is the outcome of its call, and no lists or predicates say otherwise.
#[doc(hidden)]
#[macro_export]
macro_rules! __circuit_outcome {
    (borrowed $ty:ty) => {
        $crate::private::value(
            $crate::__circuit_returning!($ty),
            |__error| $crate::__circuit_evidence!(borrowed __error),
            $crate::private::accept,
        )
    };
    ($ty:ty) => {
        $crate::private::value(
            $crate::__circuit_returning!($ty),
            |__error| $crate::__circuit_evidence!(__error),
            $crate::private::accept,
        )
    };
}

/// How to read a returned `$ty`, and how to make one of a rejection.
#[doc(hidden)]
#[macro_export]
macro_rules! __circuit_returning {
    ($ty:ty) => {
        ($crate::__circuit_reading!($ty), $crate::__circuit_reject!($ty))
    };
}

/// Makes a `$ty` of a rejection.
#[doc(hidden)]
#[macro_export]
macro_rules! __circuit_reject {
    ($ty:ty) => {
        // A closure, not the function itself: in a type it is part of, the function's bounds would be checked again.
        #[allow(clippy::result_large_err)]
        |__rejected| <$ty as $crate::private::FromRejection>::from_rejection(__rejected)
    };
    ($ty:ty, closure $rejected:expr) => {
        #[allow(clippy::result_large_err)]
        |__rejected| <$ty as $crate::private::RejectedBy>::reject_by($rejected, __rejected)
    };
    ($ty:ty, function $rejected:expr) => {
        #[allow(clippy::result_large_err)]
        |__rejected| {
            use $crate::private::{Fitting as _, Unfitting as _};
            let __make = $rejected;
            let __fit = (&$crate::private::to_reject::<_, $ty>(&__make)).fit();
            $crate::private::RejectedBy::reject_by(|__rejected| __fit.reject(__make, __rejected), __rejected)
        }
    };
}

/// Mentions what a closure is to capture whole, in the order in which it is to drop it.
#[doc(hidden)]
#[macro_export]
macro_rules! __circuit_capture {
    ($($(#[$attr:meta])* $name:ident),*) => {
        $(
            $(#[$attr])*
            let _ = &$name;
        )*
    };
}

/// How to read a returned `$ty`.
#[doc(hidden)]
#[macro_export]
macro_rules! __circuit_reading {
    ($ty:ty) => {{
        use $crate::private::{ReturnedOutcome as _, ReturnedPlain as _};
        (&$crate::private::Returned::<$ty>::of_type()).reading()
    }};
}

/// What can be said of `$error`. With `borrowed`, of one that may borrow: a `dyn Error` is then left alone, because
/// only one that owns all it holds can be looked into.
#[doc(hidden)]
#[macro_export]
macro_rules! __circuit_evidence {
    (borrowed $error:ident) => {{
        use $crate::private::{InsideByCauses as _, InsideBySource as _, InsideNothing as _};
        $crate::__circuit_evidence!((&&&$crate::private::Probe($error)).inside(), $error)
    }};
    ($error:ident) => {{
        use $crate::private::{InsideByCauses as _, InsideByDeref as _};
        use $crate::private::{InsideBySource as _, InsideNothing as _};
        $crate::__circuit_evidence!((&&&&$crate::private::Probe($error)).inside(), $error)
    }};
    ($inside:expr, $error:ident) => {{
        use $crate::private::{MessageByDebug as _, MessageByDisplay as _, MessageByType as _};
        let __probe = $crate::private::Probe($error);
        __probe.evidence($inside, (&&&$crate::private::Probe($error)).message())
    }};
}

/// What a closure answered, if it is such a thing of `$ty` as `$offered` says.
#[doc(hidden)]
#[macro_export]
macro_rules! __circuit_answered {
    ($offered:ident, $answer:expr, $ty:ty) => {{
        use $crate::private::{Fitting as _, Unfitting as _};
        let __answer = $answer;
        (&$crate::private::$offered::<_, $ty>(&__answer)).fit().itself(__answer)
    }};
}

/// What can be said of `$error`, which types are looked for in.
#[doc(hidden)]
#[macro_export]
macro_rules! __circuit_searched {
    ($error:ident, $sought:ident) => {{
        use $crate::private::HasErrors as _;
        $crate::private::Probe($error).has_errors(&$sought);
        $crate::__circuit_evidence!($error).owning($error, &$sought)
    }};
}

/// Whether there is a `$ty` in `$error` for which `$test` holds.
#[doc(hidden)]
#[macro_export]
macro_rules! __circuit_found {
    ($error:ident, $evidence:ident, $sought:expr, $ty:ty, $test:expr) => {{
        use $crate::private::{
            Convertible as _, NotConvertible as _, WantedError as _, WantedValue as _,
        };
        let __wanted = $crate::private::Wanted::<$ty>::of_type();
        let __met = ::core::cell::Cell::new(false);
        let __found = (&__wanted).found_in($error, &$evidence, &__wanted.noting(&__met, $test));
        let __convertible =
            (&$crate::private::PerhapsConvertible::of($error, &__wanted)).convertible();
        $sought.note(__met.get(), __convertible, &$evidence);
        __found
    }};
}

/// Looks at a field of an error and into it: for `#[derive(Causes)]`.
#[doc(hidden)]
#[macro_export]
macro_rules! __circuit_visit {
    ($field:ident, $visit:ident) => {{
        use $crate::private::{
            VisitCauses as _, VisitDyn as _, VisitError as _, VisitNothing as _,
        };
        (&&&&$crate::private::Probe($field)).visit_field($visit)
    }};
}
