//! Lifetimes, wherever they are written.

use proc_macro2::{Span, TokenStream, TokenTree};

/// The first lifetime in `tokens` other than `'static`.
pub(crate) fn first_lifetime(tokens: TokenStream) -> Option<Span> {
    let mut quote = None;
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Punct(punct) => {
            quote = (punct.as_char() == '\'').then(|| punct.span());
            None
        }
        TokenTree::Ident(name) => quote.take().filter(|_| name != "static"),
        TokenTree::Group(group) => first_lifetime(group.stream()),
        TokenTree::Literal(_) => None,
    })
}
