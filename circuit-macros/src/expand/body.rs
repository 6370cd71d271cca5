//! The user's block, in the closure or the `async` block that is guarded.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::Type;

use crate::hygiene::hygienic_at;
use crate::item::Function;
use crate::params::{self, Passed};
use crate::ret;

/// ```ignore
/// move || -> T {
///     capture!(last, first);          // captured whole, dropped in the function's own order
///     let __ret: T = { /* the user's block */ };
///     __ret
/// }
/// ```
pub(super) fn closure(function: &Function, passed: Option<&Passed>) -> TokenStream {
    let returned = ret::inferred(&function.sig);
    let mentions = params::mention(function, passed.is_some());
    let destructured = passed.map(|passed| &passed.destructured);
    let body = statement(function, &returned);
    // With the span of the user's braces, so that a use of a moved value is reported in the usual words.
    let span = function.brace.span.join();
    let head = quote_spanned!(span=> move || -> #returned);
    hygienic!(#[allow(clippy::result_large_err)] #head { #mentions #destructured #body })
}

/// The same as an `async move` block, and what of the parameters' patterns goes into it is taken from the signature.
pub(super) fn block(function: &mut Function, passed: Option<&Passed>) -> TokenStream {
    let returned = ret::inferred(&function.sig);
    let rebound = params::rebind_mut(function);
    let mentions = params::mention(function, passed.is_some());
    let destructured = passed.map(|passed| &passed.destructured);
    let hint = hint(&returned);
    let body = statement(function, &returned);
    hygienic!(async move { #hint #mentions #rebound #destructured #body })
}

/// As a statement: its temporaries die there, its items stay inside.
fn statement(function: &Function, returned: &Type) -> TokenStream {
    let block = function.block();
    // Where it cannot be returned, that is said of the user's block.
    let returning = quote_spanned!(hygienic_at(&block)=> __ret);
    hygienic! {
        #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
        let __ret: #returned = #block;
        #[allow(unreachable_code)]
        #returning
    }
}

/// Tells an `async` block its type, which it has no place to be written at.
pub(super) fn hint(returned: &Type) -> TokenStream {
    let at = hygienic_at(returned);
    quote_spanned! {at=>
        if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<#returned> {
            return __ret;
        }
    }
}
