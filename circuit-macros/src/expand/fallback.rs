//! The call of the user's `fallback`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned as _;

use super::sequel::located;
use crate::hygiene::hygienic_at;

/// In the fallback's place: what does not fit is said of it. A closure is handed on, because called in place it would
/// not learn its arguments' types.
pub(super) fn call(krate: &TokenStream, fallback: &Expr, arguments: &[TokenStream]) -> TokenStream {
    let at = hygienic_at(fallback);
    let krate = located(krate, at);
    let arguments: Vec<_> =
        arguments.iter().map(|argument| located(argument, fallback.span())).collect();
    let call = if matches!(fallback, Expr::Closure(_)) && arguments.len() <= 8 {
        let helper = format_ident!("fall_back_{}", arguments.len(), span = at);
        quote_spanned!(at=> #krate::private::#helper(#(#arguments,)* #fallback))
    } else {
        quote_spanned!(at=> (#fallback)(#(#arguments),*))
    };
    // A name that says it is not used is used here.
    if !arguments.iter().any(|argument| argument.to_string().starts_with('_')) {
        return call;
    }
    hygienic!({
        #[allow(clippy::used_underscore_binding)]
        #call
    })
}

/// That, where it is a future.
pub(super) fn awaited(fallback: &Expr, call: &TokenStream) -> TokenStream {
    let at = hygienic_at(fallback);
    quote_spanned!(at=> #call.await)
}
