//! Counts.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote_spanned};
use syn::{Expr, ExprLit, ExprPath, ExprUnary, Lit, UnOp};

use super::Key;
use crate::hygiene::hygienic_at;

/// The literal as it is, or the constant, checked where it is known.
pub(super) fn parse(key: Key, value: &Expr) -> syn::Result<TokenStream> {
    let error = |message: String| Err(syn::Error::new_spanned(value, message));
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) => {
            if !matches!(literal.suffix(), "" | "u32") {
                let suffix = literal.suffix();
                return error(format!("`{key}` is a `u32`: leave out the suffix `{suffix}`"));
            }
            match literal.base10_parse::<u128>() {
                Ok(0) => error(format!("`{key}` must be {}", key.least_text())),
                Ok(number) if key.most().is_none_or(|most| number <= most) => {
                    Ok(literal.to_token_stream())
                }
                _ => error(format!("`{key}` must be at most {}", key.most_text())),
            }
        }
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), .. }) => {
            error(format!("`{key}` must be {}", key.least_text()))
        }
        Expr::Path(path) => Ok(checked(key, path)),
        _ => {
            let example = key.example();
            error(format!(
                "`{key}` is an integer or the path of a `const`: `{example}`; put an expression into a `const`"
            ))
        }
    }
}

/// The constant at `path`: `cargo check` reports where the path stands what is wrong with its value.
fn checked(key: Key, path: &ExprPath) -> TokenStream {
    let most = key.most().and_then(|most| u32::try_from(most).ok()).unwrap_or(u32::MAX);
    let message = format!("`{key}` must be {}", key.range());
    quote_spanned! {hygienic_at(path)=> {
        let value: ::core::primitive::u32 = #path;
        ::core::assert!(value >= 1 && value <= #most, #message);
        value
    }}
}
