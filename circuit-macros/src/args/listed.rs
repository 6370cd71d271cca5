//! What an item of a list may be: a type, a pattern or a closure.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote_spanned};
use syn::{ExprClosure, ExprLit, Lit, Pat, Path, Type};

use super::{Key, head};
use crate::hygiene::hygienic_at;
use crate::lifetime::first_lifetime;
use crate::written::written;

/// What an error is compared with.
pub(crate) enum Item {
    /// A type that is looked for in the error and its causes, and what is asked of each that is found.
    Search { wanted: Box<Type>, test: TokenStream, is_whole: bool },
    /// Matched against the error itself.
    Pattern(TokenStream),
}

impl Item {
    /// The type, where every error of it is meant.
    pub(crate) fn whole_type(&self) -> Option<&Type> {
        match self {
            Self::Search { wanted, is_whole: true, .. } => Some(wanted),
            _ => None,
        }
    }
}

/// What every item has to be, whatever it is.
pub(super) fn allowed(key: Key, item: Item) -> syn::Result<Item> {
    if let Some(Type::Reference(reference)) = item.whole_type() {
        if !is_text(&reference.elem) {
            let message = "leave out the `&`: errors are looked for by their own types";
            return Err(syn::Error::new_spanned(reference.and_token, message));
        }
    }
    if let Item::Search { wanted, .. } = &item {
        if let Some(lifetime) = first_lifetime(wanted.to_token_stream()) {
            let message = format!(
                "types in `{key}` are told apart at run time, which only those can be that borrow nothing: write \
                 `'static`, or name a variant or a pattern"
            );
            return Err(syn::Error::new(lifetime, message));
        }
    }
    Ok(item)
}

pub(super) fn forms(key: Key) -> String {
    format!(
        "an item of `{key}` is a type (`ValidationError`), a pattern (`DbError::Http(400..=499)`) or a closure with a \
         typed argument (`|e: &DbError| e.is_timeout()`)"
    )
}

/// A function or a constant of a type is written like a variant of it.
pub(super) fn not_a_value(ty: &Type) -> syn::Result<()> {
    let Type::Path(path) = ty else { return Ok(()) };
    let mut segments = path.path.segments.iter().rev();
    let (Some(last), Some(parent)) = (segments.next(), segments.next()) else { return Ok(()) };
    let (name, parent_name) = (last.ident.to_string(), parent.ident.to_string());
    if !parent_name.starts_with(char::is_uppercase) || path.qself.is_some() {
        return Ok(());
    }
    let message = if name.starts_with(char::is_lowercase) {
        format!("a function is asked in a closure: `|e: &{parent_name}| e.{name}()`")
    } else if name.contains('_') && !name.contains(char::is_lowercase) {
        format!(
            "a constant is compared in a closure: `|e: &{parent_name}| *e == {parent_name}::{name}`"
        )
    } else {
        return Ok(());
    };
    Err(syn::Error::new_spanned(ty, message))
}

/// A path is a type, or a variant if the segment before the last one is a type's name.
pub(super) fn named(ty: &Type) -> Option<Item> {
    match ty {
        Type::Path(path) if path.qself.is_none() && is_variant(&path.path) => {
            // Whatever its fields.
            let at = hygienic_at(path);
            Some(Item::Pattern(quote_spanned!(at=> #path { .. })))
        }
        Type::Path(_) | Type::Reference(_) => {
            let test = hygienic!(|_| true);
            Some(Item::Search { wanted: Box::new(ty.clone()), test, is_whole: true })
        }
        Type::Group(group) => named(&group.elem),
        _ => None,
    }
}

fn is_variant(path: &Path) -> bool {
    let mut segments = path.segments.iter().rev();
    let last = segments.next();
    let parent = segments.next();
    let starts_upper =
        |segment: &syn::PathSegment| segment.ident.to_string().starts_with(char::is_uppercase);
    last.is_some_and(|last| last.arguments.is_none()) && parent.is_some_and(starts_upper)
}

/// Patterns that say which error is meant. The others are mistakes.
pub(super) fn checked(key: Key, pattern: Pat) -> syn::Result<Item> {
    let message = match &pattern {
        Pat::Lit(ExprLit { lit: Lit::Str(literal), .. }) => {
            let name = literal.value();
            match syn::parse_str::<Path>(&name) {
                Ok(_) => format!(
                    "nothing is looked up by its name as a text: write the type itself, `{name}`"
                ),
                Err(_) => forms(key),
            }
        }
        Pat::Macro(call) if call.mac.path.is_ident("matches") => {
            "a condition needs a closure: `|e: &DbError| matches!(e, DbError::Timeout)`".to_owned()
        }
        Pat::Or(or)
            if or
                .cases
                .iter()
                .any(|case| matches!(case, Pat::Ident(name) if name.subpat.is_none())) =>
        {
            format!("types in `{key}` are separated by `,`")
        }
        pattern if matches_everything(pattern) => {
            format!("this would match every error: name those that `{key}` is to match")
        }
        Pat::Lit(_)
        | Pat::TupleStruct(_)
        | Pat::Struct(_)
        | Pat::Path(_)
        | Pat::Or(_)
        | Pat::Paren(_)
        | Pat::Range(_)
        | Pat::Macro(_) => {
            return Ok(Item::Pattern(pattern.into_token_stream()));
        }
        _ => forms(key),
    };
    Err(syn::Error::new_spanned(pattern, message))
}

fn matches_everything(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) => true,
        Pat::Or(or) => or.cases.iter().any(matches_everything),
        Pat::Paren(paren) => matches_everything(&paren.pat),
        Pat::Ident(binding) => {
            binding.subpat.as_ref().is_some_and(|(_, pattern)| matches_everything(pattern))
        }
        _ => false,
    }
}

/// `str`: of references to it, errors may be.
fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("str"))
}

/// A type that something can be looked for by.
fn sized(key: Key, ty: &Type) -> syn::Result<()> {
    let fault = match ty {
        Type::Infer(_) => "which type?",
        Type::ImplTrait(_) | Type::TraitObject(_) => "a trait is no type that an error has:",
        Type::Slice(_) => "no error is of this type:",
        ty if is_text(ty) => "no error is of this type:",
        Type::Reference(reference) if !is_text(&reference.elem) => {
            let message = format!(
                "leave out one `&`: a closure in `{key}` gets a reference to the error that was found"
            );
            return Err(syn::Error::new_spanned(ty, message));
        }
        _ => return Ok(()),
    };
    let message = format!(
        "{fault} a closure in `{key}` says by its argument's type which errors it is asked about: `|e: &io::Error| ..`"
    );
    Err(syn::Error::new_spanned(ty, message))
}

pub(super) fn closure(key: Key, closure: &ExprClosure) -> syn::Result<Item> {
    let typed = match closure.inputs.first() {
        Some(Pat::Type(typed)) if closure.inputs.len() == 1 => Some(&*typed.ty),
        _ => None,
    };
    match typed {
        Some(Type::Reference(reference)) if reference.mutability.is_none() => {
            sized(key, &reference.elem)?;
            let test = closure.to_token_stream();
            Ok(Item::Search { wanted: reference.elem.clone(), test, is_whole: false })
        }
        Some(ty) => {
            let wanted = match ty {
                Type::Reference(reference) => &reference.elem,
                ty => ty,
            };
            let written = written(wanted);
            let message = format!("the error is passed by reference: `&{written}`");
            Err(syn::Error::new_spanned(ty, message))
        }
        None => {
            let message = match closure.inputs.len() {
                0 | 1 => format!(
                    "a closure in `{key}` says by its argument's type which errors it is asked about: `|e: &io::Error| \
                     ..`"
                ),
                _ => format!(
                    "a closure in `{key}` has one argument, the error: `|e: &io::Error| ..`"
                ),
            };
            Err(syn::Error::new_spanned(head(closure), message))
        }
    }
}
