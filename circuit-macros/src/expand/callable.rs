//! The user's functions and closures as the runtime is to get them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprClosure, Pat, parse_quote};

use super::relocated::relocated;
use crate::hygiene::hygienic_at;
use crate::shape::{Shape, Wanted};

/// The user's `failure_if`, for values that `reading` reads.
pub(super) fn failure_if(given: &Expr, reading: &TokenStream) -> TokenStream {
    match given {
        Expr::Closure(closure) => inferred(closure).into_token_stream(),
        path => {
            let at = hygienic_at(path);
            quote_spanned!(at=> __circuit::failure_if!(#path, #reading))
        }
    }
}

/// What makes an `answer` of a rejection, with the user's `rejected`.
pub(super) fn rejected(given: &Expr, answer: &TokenStream) -> TokenStream {
    let at = hygienic_at(given);
    match given {
        Expr::Closure(closure) => {
            let closure = inferred(closure);
            quote_spanned!(at=> __circuit::reject!(#answer, closure #closure))
        }
        path => quote_spanned!(at=> __circuit::reject!(#answer, function #path)),
    }
}

/// The call of the user's `fallback`, in its place: what does not fit is said of it. Where the function is asynchronous,
/// it is a future. A closure is handed on, because called in place it would not learn its arguments' types.
pub(super) fn fallback(given: &Expr, arguments: &[TokenStream], shape: &Shape) -> TokenStream {
    let at = hygienic_at(given);
    let arguments: Vec<_> =
        arguments.iter().map(|argument| relocated(argument, given.span())).collect();
    let call = match given {
        _ if arguments.len() > 8 => quote_spanned!(at=> (#given)(#(#arguments),*)),
        Expr::Closure(closure) => answered_by(closure, &arguments, shape, at),
        path => {
            let (wanted, ty) = shape.wanted();
            let to_answer = match wanted {
                Wanted::Value => "to_answer",
                Wanted::Future => "to_answer_later",
                Wanted::Iterator => "to_answer_iterator",
                Wanted::Stream => "to_answer_stream",
            };
            let to_answer = Ident::new(to_answer, at);
            quote_spanned!(at=> __circuit::fallback!(#to_answer, #path, (#(#arguments),*) -> #ty))
        }
    };
    underscored(&arguments, call)
}

fn answered_by(
    closure: &ExprClosure,
    arguments: &[TokenStream],
    shape: &Shape,
    at: Span,
) -> TokenStream {
    let (wanted, ty) = shape.wanted();
    let helper = format_ident!("fall_back_{}", arguments.len(), span = at);
    let closure = inferred(closure);
    let to_be = match wanted {
        // With the type of a plain answer, what does not fit is said inside of the closure.
        Wanted::Value => {
            let types = arguments.iter().map(|_| quote_spanned!(at=> _));
            return quote_spanned! {at=>
                __circuit::#helper::<#(#types,)* #ty>(#(#arguments,)* #closure)
            };
        }
        Wanted::Future => "to_be_later",
        Wanted::Iterator => "to_be_iterator",
        Wanted::Stream => "to_be_stream",
    };
    let to_be = Ident::new(to_be, at);
    let call = quote_spanned!(at=> __circuit::#helper(#(#arguments,)* #closure));
    quote_spanned!(at=> __circuit::answered!(#to_be, #call, #ty))
}

/// A name that says it is not used is used here.
fn underscored(arguments: &[TokenStream], call: TokenStream) -> TokenStream {
    if !arguments.iter().any(|argument| argument.to_string().starts_with('_')) {
        return call;
    }
    hygienic!({
        #[allow(clippy::used_underscore_binding)]
        #call
    })
}

/// The closure with the types of its arguments written inside: one that does not fit is then answered at that type, in
/// a line, and not with the bounds of what the closure is handed to.
fn inferred(closure: &ExprClosure) -> ExprClosure {
    let mut closure = closure.clone();
    let mut typed = TokenStream::new();
    for (index, input) in closure.inputs.iter_mut().enumerate() {
        if let Pat::Type(pattern) = &*input {
            let at = hygienic_at(&pattern.ty);
            let name = format_ident!("__circuit_arg{index}", span = at);
            typed.extend(quote_spanned!(at=> let #pattern = #name;));
            *input = parse_quote!(#name);
        }
    }
    if !typed.is_empty() {
        let body = &closure.body;
        closure.body = parse_quote!({ #typed #body });
    }
    closure
}
