//! Tokens at another place.

use proc_macro2::{Span, TokenStream};

/// The same tokens, reported where `at` is.
pub(super) fn relocated(tokens: &TokenStream, at: Span) -> TokenStream {
    let relocated = tokens.clone().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(at));
        token
    });
    relocated.collect()
}
