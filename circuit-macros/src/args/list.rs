//! The lists of `exclude`, `ignore` and `only`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _, discouraged::Speculative as _};
use syn::{Pat, Token, Type, bracketed, token};

use super::Key;
use super::listed::{Item, allowed, checked, closure, forms, named, not_a_value};
use crate::fallback::Errors;
use crate::written::written;

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
        match item(key, &content).and_then(|item| allowed(key, item)) {
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
    let ahead = input.fork();
    if let Ok(TokenTree::Group(group)) = ahead.parse() {
        // A fragment of a `macro_rules!`.
        if group.delimiter() == Delimiter::None {
            input.advance_to(&ahead);
            return (|content: ParseStream<'_>| item(key, content)).parse2(group.stream());
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
