//! Types and paths as a person writes them.

use quote::ToTokens;

/// The tokens as text, without the spaces that a token stream prints between them.
pub(crate) fn written(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}
