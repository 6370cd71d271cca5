//! The function's parameters: how the body's closure captures them, and how a fallback gets them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::{Attribute, FnArg, Pat, PatIdent, PatType, Signature, Token, Type};

use crate::item::{Function, mentions};

/// Mentions of the captured parameters, in reverse order.
///
/// A closure drops what it captures in the order of first mention, a function its parameters from the last to the
/// first; mentioned whole, a parameter is captured whole, in every edition. One that the body never names is left
/// out: it stays in the outer function, and is reported as unused as before.
///
/// With `all`, that one as well: a fallback uses it.
pub(crate) fn mention(function: &Function, all: bool) -> TokenStream {
    let mut names = Vec::new();
    for input in &function.sig.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                names.push((&receiver.attrs, Ident::new("self", receiver.self_token.span)));
            }
            FnArg::Typed(typed) => {
                let mut found = Vec::new();
                bindings(&typed.pat, &mut found);
                names.extend(found.into_iter().map(|ident| (&typed.attrs, ident)));
            }
        }
    }
    names.retain(|(_, name)| {
        all || name.to_string().starts_with('_') || mentions(&function.body, name)
    });
    let mentions: Vec<_> = names
        .iter()
        .map(|(attrs, name)| {
            let cfgs = cfgs(attrs);
            hygienic!(#(#cfgs)* #name)
        })
        .collect();
    capture(&mentions)
}

/// Mentions of `arguments`, in reverse order.
pub(crate) fn capture(arguments: &[TokenStream]) -> TokenStream {
    if arguments.is_empty() {
        return TokenStream::new();
    }
    let mentions = arguments.iter().rev();
    hygienic!(__circuit::capture!(#(#mentions),*);)
}

pub(crate) fn cfgs(attrs: &[Attribute]) -> Vec<&Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect()
}

/// Every name that a pattern binds, from left to right.
fn bindings(pattern: &Pat, names: &mut Vec<Ident>) {
    match pattern {
        Pat::Ident(pattern) => {
            names.push(pattern.ident.clone());
            if let Some((_, inner)) = &pattern.subpat {
                bindings(inner, names);
            }
        }
        Pat::Paren(pattern) => bindings(&pattern.pat, names),
        Pat::Reference(pattern) => bindings(&pattern.pat, names),
        Pat::Slice(pattern) => pattern.elems.iter().for_each(|inner| bindings(inner, names)),
        Pat::Struct(pattern) => pattern.fields.iter().for_each(|field| bindings(&field.pat, names)),
        Pat::Tuple(pattern) => pattern.elems.iter().for_each(|inner| bindings(inner, names)),
        Pat::TupleStruct(pattern) => pattern.elems.iter().for_each(|inner| bindings(inner, names)),
        Pat::Type(pattern) => bindings(&pattern.pat, names),
        // The names of an or-pattern are the same in every case.
        Pat::Or(pattern) => pattern.cases.iter().take(1).for_each(|inner| bindings(inner, names)),
        _ => {}
    }
}

/// Moves `mut` from the parameters into the body: an `async` block takes them over by value, and one that is assigned
/// to a borrow of a local has to live in the block itself. Those behind it move as well, because they are dropped
/// before it.
pub(crate) fn rebind_mut(function: &mut Function) -> TokenStream {
    let Function { sig, body, .. } = function;
    let mut rebound = TokenStream::new();
    for input in &mut sig.inputs {
        let FnArg::Typed(typed) = input else { continue };
        if owns_all(&typed.ty) {
            continue;
        }
        let Pat::Ident(PatIdent { by_ref: None, mutability, ident, subpat: None, .. }) =
            &*typed.pat
        else {
            continue;
        };
        let is_used = ident.to_string().starts_with('_') || mentions(body, ident);
        if mutability.is_some() || !rebound.is_empty() && is_used {
            rebound.extend(rebind(typed));
        }
    }
    rebound
}

/// `let mut name = name;`, with what the parameter's attributes say of it.
fn rebind(typed: &mut PatType) -> TokenStream {
    let lints = lints(&mut typed.attrs);
    let cfgs = cfgs(&typed.attrs);
    let Pat::Ident(PatIdent { mutability, ident, .. }) = &mut *typed.pat else {
        return TokenStream::new();
    };
    let mutability = mutability.take();
    hygienic! {
        #(#cfgs)*
        #(#lints)*
        #[allow(clippy::shadow_same, clippy::used_underscore_binding)]
        let #mutability #ident = #ident;
    }
}

/// Takes those away that set the level of a lint.
fn lints(attrs: &mut Vec<Attribute>) -> Vec<Attribute> {
    const LEVELS: [&str; 4] = ["allow", "expect", "warn", "deny"];
    let is_lint = |attr: &Attribute| LEVELS.iter().any(|level| attr.path().is_ident(level));
    let (lints, others) = attrs.drain(..).partition(is_lint);
    *attrs = others;
    lints
}

/// Whether a value of this type can be seen to borrow nothing. It can stay where it is, and need not be stored twice.
fn owns_all(ty: &Type) -> bool {
    const OWNED: [&str; 16] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "u128", "usize",
    ];
    match ty {
        Type::Array(array) => owns_all(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(owns_all),
        Type::Path(path) => OWNED.iter().any(|name| path.path.is_ident(name)),
        _ => false,
    }
}

/// Gives every parameter a name, so that it can be passed on whole; patterns move into the body.
pub(crate) struct Passed {
    /// The arguments for the fallback, `self` included.
    pub(crate) arguments: Vec<TokenStream>,
    /// What was a pattern in the signature.
    pub(crate) destructured: TokenStream,
}

pub(crate) fn pass(sig: &mut Signature) -> Passed {
    let mut passed = Passed { arguments: Vec::new(), destructured: TokenStream::new() };
    for (index, input) in sig.inputs.iter_mut().enumerate() {
        match input {
            FnArg::Receiver(receiver) => {
                let this: Token![self] = receiver.self_token;
                passed.arguments.push(hygienic!(#this));
            }
            FnArg::Typed(typed) => {
                if let Pat::Ident(PatIdent { by_ref: None, ident, subpat: None, .. }) = &*typed.pat
                {
                    passed.arguments.push(hygienic!(#ident));
                    // What is behind a pattern is dropped before it.
                    if !passed.destructured.is_empty() {
                        passed.destructured.extend(rebind(typed));
                    }
                    continue;
                }
                let name = format_ident!("__circuit_arg{index}", span = Span::mixed_site());
                let pattern = std::mem::replace(&mut *typed.pat, syn::parse_quote!(#name));
                let lints = lints(&mut typed.attrs);
                passed.destructured.extend(hygienic!(#(#lints)* let #pattern = #name;));
                passed.arguments.push(hygienic!(#name));
            }
        }
    }
    passed
}
