//! Where `circuit_runtime` is.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::Path;
use syn::parse::ParseStream;

use crate::written::written;

pub(crate) fn parse(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let at = input.span();
    let path = Path::parse_mod_style(input).map_err(|_| {
        syn::Error::new(at, "`crate` is a path, without quotes: `crate = ::circuit_runtime`")
    })?;
    if path.is_ident("crate") {
        let message = "`crate` alone is the crate that this stands in: `crate = crate::path::to::circuit_runtime`";
        return Err(syn::Error::new_spanned(path, message));
    }
    let first = path.segments.first().map(|first| first.ident.to_string());
    let first = first.unwrap_or_default();
    if path.leading_colon.is_some() || first == "crate" || first == "$crate" {
        return Ok(path.into_token_stream());
    }
    let written = written(&path);
    let fix = match &*first {
        "super" | "self" => "`crate = crate::path::to::it`".to_owned(),
        _ => format!("`crate = ::{written}` or `crate = crate::{written}`"),
    };
    let message =
        format!("write the path from a root, so that it means the same in every module: {fix}");
    Err(syn::Error::new_spanned(path, message))
}
