//! How a function is to be wrapped, decided from its signature alone.

use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::{
    GenericArgument, PathArguments, PathSegment, ReturnType, Signature, Token, Type, TypeParamBound,
};

/// The shape of a function.
pub(crate) enum Shape {
    /// `fn -> T`
    Plain,
    /// `async fn -> T`
    Async,
    /// `fn -> impl Future<Output = T>`, or boxed.
    Future { output: Type, wrapping: Option<Wrapping> },
    /// `fn -> impl Iterator<Item = T>`, or boxed.
    Iterator { item: Option<Type>, boxed: bool },
    /// `fn -> Result<impl Iterator<Item = T>, E>`, or boxed.
    TryIterator { item: Option<Type>, boxed: bool },
}

/// How a returned future is boxed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrapping {
    /// `Pin<Box<dyn Future>>`, `BoxFuture`, `LocalBoxFuture`
    BoxPin,
    /// `Box<dyn Future + Unpin>`
    BoxNew,
}

impl Shape {
    pub(crate) fn of(sig: &Signature) -> Self {
        if sig.asyncness.is_some() {
            return Self::Async;
        }
        match &sig.output {
            ReturnType::Default => Self::Plain,
            ReturnType::Type(_, ty) => Self::of_type(bare(ty)),
        }
    }

    fn of_type(ty: &Type) -> Self {
        match ty {
            Type::ImplTrait(ty) => match future_output(&ty.bounds) {
                Some(output) => Self::Future { output, wrapping: None },
                None if is_iterator(&ty.bounds) => {
                    Self::Iterator { item: item(&ty.bounds), boxed: false }
                }
                None => Self::Plain,
            },
            Type::Path(path) => match path.path.segments.last() {
                Some(segment) => Self::of_segment(segment),
                None => Self::Plain,
            },
            _ => Self::Plain,
        }
    }

    fn of_segment(segment: &PathSegment) -> Self {
        let arguments = types(segment);
        let first = arguments.first().copied();
        if segment.ident == "BoxFuture" || segment.ident == "LocalBoxFuture" {
            if let Some(output) = first {
                return Self::Future { output: output.clone(), wrapping: Some(Wrapping::BoxPin) };
            }
        }
        if segment.ident == "Pin" {
            if let Some(output) = first.and_then(boxed).and_then(future_output) {
                return Self::Future { output, wrapping: Some(Wrapping::BoxPin) };
            }
        }
        if segment.ident == "Box" {
            return match boxed_segment(segment) {
                Some(bounds) if is_iterator(bounds) => {
                    Self::Iterator { item: item(bounds), boxed: true }
                }
                Some(bounds) => match future_output(bounds) {
                    Some(output) => Self::Future { output, wrapping: Some(Wrapping::BoxNew) },
                    None => Self::Plain,
                },
                None => Self::Plain,
            };
        }
        // Of two types that hold something, but no error.
        if segment.ident == "Option" || segment.ident == "Vec" {
            return Self::Plain;
        }
        let (bounds, boxed) = match first.map(bare) {
            Some(Type::ImplTrait(ty)) => (Some(&ty.bounds), false),
            Some(ty) => (boxed(ty), true),
            None => (None, false),
        };
        match bounds.filter(|bounds| is_iterator(bounds)) {
            Some(bounds) => Self::TryIterator { item: item(bounds), boxed },
            None => Self::Plain,
        }
    }
}

type Bounds = Punctuated<TypeParamBound, Token![+]>;

/// The bounds of `dyn ..` in `Box<dyn ..>`, or of `impl ..` there.
fn boxed(ty: &Type) -> Option<&Bounds> {
    match bare(ty) {
        Type::Path(path) => path.path.segments.last().and_then(boxed_segment),
        _ => None,
    }
}

fn boxed_segment(segment: &PathSegment) -> Option<&Bounds> {
    if segment.ident != "Box" {
        return None;
    }
    match bare(types(segment).first()?) {
        Type::TraitObject(object) => Some(&object.bounds),
        Type::ImplTrait(hidden) => Some(&hidden.bounds),
        _ => None,
    }
}

fn future_output(bounds: &Bounds) -> Option<Type> {
    let future = traits(bounds).find(|segment| segment.ident == "Future")?;
    binding(future, "Output")
}

fn item(bounds: &Bounds) -> Option<Type> {
    traits(bounds).find_map(|segment| binding(segment, "Item"))
}

fn binding(segment: &PathSegment, name: &str) -> Option<Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(binding) if binding.ident == name => Some(binding.ty.clone()),
        _ => None,
    })
}

fn is_iterator(bounds: &Bounds) -> bool {
    const TRAITS: [&str; 4] =
        ["Iterator", "DoubleEndedIterator", "ExactSizeIterator", "FusedIterator"];
    traits(bounds).any(|segment| TRAITS.iter().any(|name| segment.ident == name))
}

fn traits(bounds: &Bounds) -> impl Iterator<Item = &PathSegment> {
    bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last(),
        _ => None,
    })
}

fn types(segment: &PathSegment) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// Without parentheses and the invisible groups that `macro_rules!` fragments come in.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(paren) => bare(&paren.elem),
        Type::Group(group) => bare(&group.elem),
        ty => ty,
    }
}

/// Splits a body that is exactly `Box::pin(async ..)`, as `#[async_trait]` leaves it, into its constructor and its
/// future: that one can be guarded inside its box, without a second one.
pub(crate) fn pinned_block(body: &TokenStream) -> Option<(TokenStream, TokenStream)> {
    let tokens: Vec<TokenTree> = body.clone().into_iter().collect();
    let (last, path) = tokens.split_last()?;
    let TokenTree::Group(group) = last else {
        return None;
    };
    let ends_in = |words: [&str; 4]| {
        path.len() >= 4
            && path[path.len() - 4..]
                .iter()
                .zip(words)
                .all(|(token, word)| token.to_string() == word)
    };
    let is_path = path.iter().all(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    });
    let is_block = matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == "async");
    let pinned = ends_in(["Box", ":", ":", "pin"]) && is_path && is_block;
    pinned.then(|| (path.iter().cloned().collect(), group.stream()))
}
