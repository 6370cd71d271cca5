//! Values that are neither counts nor durations nor lists.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{Expr, ExprClosure, ExprLit, Lit};

use super::Key;

/// A name that the runtime would accept.
pub(super) fn name(value: &Expr) -> syn::Result<String> {
    let Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) = value else {
        let literal = match value {
            Expr::Path(path) => path.path.get_ident().map(|word| format!("\"{word}\"")),
            _ => None,
        };
        let literal = literal.as_deref().unwrap_or("\"db\"");
        let message = format!(
            "a breaker's name is a string literal: `{literal}`; for names that are known only at run time there is \
             `circuit_runtime::registry().get_or_register(name, settings)`"
        );
        return Err(syn::Error::new_spanned(value, message));
    };
    let name = literal.value();
    let suffix = literal.suffix();
    let rule = if !suffix.is_empty() {
        let message = format!("a breaker's name has no suffix: leave out the `{suffix}`");
        return Err(syn::Error::new_spanned(literal, message));
    } else if name.trim().is_empty() {
        "a breaker's name must not be empty: call it after what it protects, `\"db\"`"
    } else if name.len() > 200 {
        "a breaker's name must be at most 200 bytes long: it goes into logs and metrics"
    } else if name.chars().any(char::is_control) {
        "a breaker's name must not contain control characters: it goes into logs and metrics"
    } else {
        return Ok(name);
    };
    Err(syn::Error::new_spanned(literal, rule))
}

/// The variant of `OnCancel`.
pub(super) fn on_cancel(value: &Expr) -> syn::Result<Ident> {
    let named = match value {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    };
    match named.as_deref() {
        Some("failure") => Ok(Ident::new("Failure", Span::call_site())),
        Some("ignore") => Ok(Ident::new("Ignore", Span::call_site())),
        _ => Err(syn::Error::new_spanned(
            value,
            "`on_cancel` is `failure` or `ignore`, without quotes",
        )),
    }
}

/// A closure or the path of a function. With `argument`, one that has only that.
pub(super) fn callable(key: Key, value: Expr, argument: Option<&str>) -> syn::Result<Expr> {
    match (value, argument) {
        (Expr::Closure(closure), Some(argument)) if closure.inputs.len() != 1 => {
            let example = key.example();
            let message =
                format!("the closure of `{key}` has one argument, {argument}: `{example}`");
            Err(syn::Error::new_spanned(head(&closure), message))
        }
        (Expr::Closure(closure), Some(_)) if closure.asyncness.is_some() => {
            let message = format!("the closure of `{key}` is not `async`: it answers at once");
            Err(syn::Error::new_spanned(closure.asyncness, message))
        }
        (Expr::Closure(closure), _) if names_self(&closure) => {
            let message = "a closure cannot call an argument `self`: `|this, ..|`";
            Err(syn::Error::new_spanned(head(&closure), message))
        }
        (value @ (Expr::Closure(_) | Expr::Path(_)), _) => Ok(value),
        (other, _) => {
            let example = key.example();
            let message = format!("`{key}` is a closure or the path of a function: `{example}`");
            Err(syn::Error::new_spanned(other, message))
        }
    }
}

fn names_self(closure: &ExprClosure) -> bool {
    let is_self = |token: TokenTree| matches!(token, TokenTree::Ident(word) if word == "self");
    closure.inputs.to_token_stream().into_iter().any(is_self)
}

/// `|a, b|`
pub(crate) fn head(closure: &ExprClosure) -> TokenStream {
    let ExprClosure { inputs_begin, inputs, inputs_end, .. } = closure;
    quote!(#inputs_begin #inputs #inputs_end)
}

/// Fragments of a `macro_rules!` come wrapped.
pub(super) fn ungrouped(value: Expr) -> Expr {
    match value {
        Expr::Group(group) => ungrouped(*group.expr),
        other => other,
    }
}
