//! The return type as a type inside the body: `impl Trait` cannot be written there, so it is left to be inferred.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{
    GenericArgument, PathArguments, PathSegment, ReturnType, Signature, Type, TypeGroup, TypeInfer,
    TypeParamBound, TypeParen, parse_quote_spanned, token,
};

use crate::types::{arguments, bare};

/// The declared type with every `impl Trait` replaced by `_`; where none is declared, `()` in the name's place.
pub(crate) fn inferred(sig: &Signature) -> Type {
    match &sig.output {
        ReturnType::Default => nothing(sig),
        ReturnType::Type(_, ty) => inferred_type(ty),
    }
}

/// `()`, in the name's place.
pub(crate) fn nothing(sig: &Signature) -> Type {
    parse_quote_spanned!(sig.ident.span()=> ())
}

/// `Result<impl Iterator, E>` as `Result<_, E>`: whatever is in it on success.
pub(crate) fn with_any_success(ty: &Type) -> Type {
    with_success(ty, any)
}

/// `Result<impl Iterator, E>` as `Result<(), E>`.
pub(crate) fn with_no_success(ty: &Type) -> Type {
    with_success(ty, |span| parse_quote_spanned!(span=> ()))
}

/// The first `impl` in `ty`.
pub(crate) fn first_hidden(ty: &Type) -> Option<Span> {
    fn first(tokens: TokenStream) -> Option<Span> {
        tokens.into_iter().find_map(|token| match token {
            TokenTree::Ident(word) if word == "impl" => Some(word.span()),
            TokenTree::Group(group) => first(group.stream()),
            _ => None,
        })
    }
    first(ty.to_token_stream())
}

/// The `E` of `Result<T, E>`, if it is written.
pub(crate) fn written_error(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = bare(ty) else { return None };
    arguments(path.path.segments.last()?).into_iter().skip(1).last()
}

fn with_success(ty: &Type, success: impl FnOnce(Span) -> Type) -> Type {
    let mut ty = ty.clone();
    let mut innermost = &mut ty;
    while let Type::Paren(TypeParen { elem, .. }) | Type::Group(TypeGroup { elem, .. }) = innermost
    {
        innermost = elem;
    }
    if let Type::Path(path) = innermost {
        let arguments = path.path.segments.last_mut().map(|segment| &mut segment.arguments);
        if let Some(PathArguments::AngleBracketed(arguments)) = arguments {
            let first = arguments.args.iter_mut().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            });
            if let Some(first) = first {
                *first = success(first.span());
            }
        }
    }
    inferred_type(&ty)
}

/// `_`
pub(crate) fn any(span: Span) -> Type {
    Type::Infer(TypeInfer { attrs: Vec::new(), underscore_token: token::Underscore(span) })
}

pub(crate) fn inferred_type(ty: &Type) -> Type {
    let mut ty = ty.clone();
    replace(&mut ty);
    ty
}

/// `Iterator<Item = impl Display>`
fn replace_bindings(segment: &mut PathSegment) {
    if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
        for argument in &mut arguments.args {
            if let GenericArgument::AssocType(binding) = argument {
                replace(&mut binding.ty);
            }
        }
    }
}

fn replace(ty: &mut Type) {
    match ty {
        Type::ImplTrait(found) => *ty = any(found.impl_token.span),
        Type::Path(path) => {
            if let Some(qself) = &mut path.qself {
                replace(&mut qself.ty);
            }
            for segment in &mut path.path.segments {
                if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                    for argument in &mut arguments.args {
                        if let GenericArgument::Type(ty) = argument {
                            replace(ty);
                        }
                    }
                }
            }
        }
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(replace),
        Type::Reference(reference) => replace(&mut reference.elem),
        Type::Paren(paren) => {
            replace(&mut paren.elem);
            // Around `impl A + B` they are needed, around `_` they would be reported as unused.
            if matches!(*paren.elem, Type::Infer(_)) {
                *ty = (*paren.elem).clone();
            }
        }
        Type::Group(group) => replace(&mut group.elem),
        Type::TraitObject(object) => {
            for bound in &mut object.bounds {
                if let TypeParamBound::Trait(bound) = bound {
                    bound.path.segments.iter_mut().for_each(replace_bindings);
                }
            }
        }
        Type::Array(array) => replace(&mut array.elem),
        Type::Slice(slice) => replace(&mut slice.elem),
        Type::Ptr(pointer) => replace(&mut pointer.elem),
        _ => {}
    }
}
