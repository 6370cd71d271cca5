//! Where `circuit_runtime` is.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::Path;
use syn::parse::ParseStream;

pub(crate) fn parse(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let path = Path::parse_mod_style(input)?;
    let from_a_root = path.leading_colon.is_some()
        || path.segments.first().is_some_and(|first| {
            let first = first.ident.to_string();
            first == "crate" || first == "$crate"
        });
    if from_a_root {
        return Ok(path.into_token_stream());
    }
    let written = path.to_token_stream().to_string().replace(' ', "");
    let message = format!(
        "write the path from a root, so that it means the same in every module: `crate = ::{written}` or `crate = \
         crate::{written}`"
    );
    Err(syn::Error::new_spanned(path, message))
}
