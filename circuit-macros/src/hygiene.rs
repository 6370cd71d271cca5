//! Tokens that cannot be mistaken for the user's.

use proc_macro2::Span;
use syn::spanned::Spanned;

/// As `quote!`, with the names of locals invisible to the user's tokens, and theirs to these. `quote!` itself gives
/// every name the span of the call, as if the user had written it.
macro_rules! hygienic {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}

/// The span of tokens that are just as hygienic, and reported where `place` stands.
pub(crate) fn hygienic_at(place: &impl Spanned) -> Span {
    Span::mixed_site().located_at(place.span())
}
