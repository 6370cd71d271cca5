//! The return type as a type inside the body: `impl Trait` cannot be written there, so it is left to be inferred.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote_spanned};
use syn::{GenericArgument, PathArguments, ReturnType, Signature, Type, TypeInfer, token};

/// The declared type with every `impl Trait` replaced by `_`; where none is declared, `()` in the name's place.
pub(crate) fn inferred(sig: &Signature) -> TokenStream {
    match &sig.output {
        ReturnType::Default => quote_spanned!(sig.ident.span()=> ()),
        ReturnType::Type(_, ty) => inferred_type(ty).into_token_stream(),
    }
}

pub(crate) fn inferred_type(ty: &Type) -> Type {
    let mut ty = ty.clone();
    replace(&mut ty);
    ty
}

fn replace(ty: &mut Type) {
    match ty {
        Type::ImplTrait(found) => {
            *ty = Type::Infer(TypeInfer {
                attrs: Vec::new(),
                underscore_token: token::Underscore(found.impl_token.span),
            });
        }
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
        Type::Array(array) => replace(&mut array.elem),
        Type::Slice(slice) => replace(&mut slice.elem),
        Type::Ptr(pointer) => replace(&mut pointer.elem),
        _ => {}
    }
}
