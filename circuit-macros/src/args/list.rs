//! The items of `exclude`, `ignore` and `only`: types, patterns and closures.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::parse::{ParseStream, Parser as _, discouraged::Speculative as _};
use syn::{ExprClosure, ExprLit, Lit, Pat, Path, Token, Type, bracketed, token};

use super::{Key, head};
use crate::fallback::Errors;
use crate::hygiene::hygienic_at;
use crate::lifetime::first_lifetime;
use crate::written::written;

impl Item {
    /// The type, where every error of it is meant.
    pub(crate) fn whole_type(&self) -> Option<&Type> {
        match self {
            Self::Search { wanted, is_whole: true, .. } => Some(wanted),
            _ => None,
        }
    }
}

/// What an error is compared with.
pub(crate) enum Item {
    /// A type that is looked for in the error and its causes, and what is asked of each that is found.
    Search { wanted: Box<Type>, test: TokenStream, is_whole: bool },
    /// Matched against the error itself.
    Pattern(TokenStream),
}

pub(super) fn parse(
    key: Key,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> syn::Result<Vec<Item>> {
    if !input.peek(token::Bracket) {
        let one = match input.fork().parse::<Type>() {
            Ok(Type::Path(ty)) => written(&ty),
            _ => "ValidationError".to_owned(),
        };
        let message = format!("`{key}` is a list: `{key} = [{one}]`");
        return Err(syn::Error::new(input.span(), message));
    }
    let at = input.span();
    let content;
    bracketed!(content in input);
    if content.is_empty() && key == Key::Only {
        let message = "`only = []` counts nothing as a failure: name the errors that do count";
        return Err(syn::Error::new(at, message));
    }
    let mut items = Vec::new();
    while !content.is_empty() {
        match item(key, &content) {
            Ok(item) => items.push(item),
            Err(error) => {
                errors.push(error);
                while !content.is_empty() && !content.peek(Token![,]) {
                    let _: TokenTree = content.parse()?;
                }
            }
        }
        if !content.is_empty() {
            if !content.peek(Token![,]) {
                let message = format!("expected `,` between the items of `{key}`");
                errors.push(syn::Error::new(content.span(), message));
                let _: TokenStream = content.parse()?;
                break;
            }
            let _: Token![,] = content.parse()?;
        }
    }
    Ok(items)
}

fn item(key: Key, input: ParseStream<'_>) -> syn::Result<Item> {
    let item = any_item(key, input)?;
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

fn any_item(key: Key, input: ParseStream<'_>) -> syn::Result<Item> {
    let ahead = input.fork();
    if let Ok(TokenTree::Group(group)) = ahead.parse() {
        // A fragment of a `macro_rules!`.
        if group.delimiter() == Delimiter::None {
            input.advance_to(&ahead);
            return (|content: ParseStream<'_>| any_item(key, content)).parse2(group.stream());
        }
    }
    if input.peek(Token![|]) || input.peek(Token![||]) || input.peek(Token![move]) {
        return closure(key, &input.parse()?);
    }
    let ends = |ahead: ParseStream<'_>| ahead.is_empty() || ahead.peek(Token![,]);
    let as_type = input.fork();
    let ty = as_type.parse::<Type>().ok();
    if let Some(ty) = ty.as_ref().filter(|_| ends(&as_type)) {
        if let Some(item) = named(ty) {
            input.advance_to(&as_type);
            not_a_value(ty)?;
            return Ok(item);
        }
    }
    let as_pattern = input.fork();
    match Pat::parse_multi_with_leading_vert(&as_pattern) {
        Ok(pattern) if ends(&as_pattern) => {
            input.advance_to(&as_pattern);
            checked(key, pattern)
        }
        Ok(_) if as_pattern.peek(Token![if]) => {
            let message = "a condition needs a closure: `|e: &DbError| matches!(e, DbError::Http(s) if *s < 500)`";
            Err(syn::Error::new(as_pattern.span(), message))
        }
        // Something else begins where the item should have ended.
        Ok(_) if !as_pattern.peek(token::Paren) && !as_pattern.peek(Token![!]) => {
            let message = format!("expected `,` between the items of `{key}`");
            Err(syn::Error::new(as_pattern.span(), message))
        }
        _ => Err(syn::Error::new(input.span(), forms(key))),
    }
}

fn forms(key: Key) -> String {
    format!(
        "an item of `{key}` is a type (`ValidationError`), a pattern (`DbError::Http(400..=499)`) or a closure with a \
         typed argument (`|e: &DbError| e.is_timeout()`)"
    )
}

/// A function or a constant of a type is written like a variant of it.
fn not_a_value(ty: &Type) -> syn::Result<()> {
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
fn named(ty: &Type) -> Option<Item> {
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
fn checked(key: Key, pattern: Pat) -> syn::Result<Item> {
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

fn closure(key: Key, closure: &ExprClosure) -> syn::Result<Item> {
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
