//! The `async` block at the end of a body, for which nothing has to be parsed.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Splits a body that is exactly `Box::pin(async ..)`, as `#[async_trait]` leaves it, into its constructor and its
/// future: that one can be guarded inside its box, without a second one.
pub(crate) fn pinned_block(body: &TokenStream) -> Option<(TokenStream, TokenStream)> {
    let tokens: Vec<TokenTree> = body.clone().into_iter().collect();
    let (last, path) = tokens.split_last()?;
    let TokenTree::Group(group) = last else {
        return None;
    };
    let is_path = path.iter().all(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    });
    let is_block = matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == "async");
    let pinned = ends_in(path, &["Box", ":", ":", "pin"]) && is_path && is_block;
    pinned.then(|| (path.iter().cloned().collect(), without_comma(group.stream())))
}

/// Without the comma that a call over several lines ends in.
fn without_comma(argument: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = argument.into_iter().collect();
    if matches!(tokens.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == ',') {
        tokens.pop();
    }
    tokens.into_iter().collect()
}

/// The same body, with `hint` at the beginning of the `async` block that it ends in, or that it boxes at its end.
pub(crate) fn with_hint(body: TokenStream, hint: &TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = body.into_iter().collect();
    let Some(TokenTree::Group(last)) = tokens.last().cloned() else {
        return tokens.into_iter().collect();
    };
    tokens.pop();
    let is_tail = |before: &[TokenTree]| match before.last() {
        None => true,
        Some(TokenTree::Punct(punct)) => punct.as_char() == ';',
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        Some(_) => false,
    };
    let stream = match last.delimiter() {
        Delimiter::Brace if is_async(&tokens).is_some_and(is_tail) && !has_attribute(&last) => {
            let mut hinted = hint.clone();
            hinted.extend(last.stream());
            hinted
        }
        Delimiter::Parenthesis if ends_in(&tokens, &["Box", ":", ":", "pin"]) => {
            with_hint(without_comma(last.stream()), hint)
        }
        _ => last.stream(),
    };
    let mut group = Group::new(last.delimiter(), stream);
    group.set_span(last.span());
    tokens.push(group.into());
    tokens.into_iter().collect()
}

/// What is before `async` or `async move`, if one of these ends `tokens`.
fn is_async(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    let is =
        |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(found) if found == word);
    match tokens {
        [before @ .., keyword, capture] if is(keyword, "async") && is(capture, "move") => {
            Some(before)
        }
        [before @ .., keyword] if is(keyword, "async") => Some(before),
        _ => None,
    }
}

/// Inner attributes have to stay first.
fn has_attribute(block: &Group) -> bool {
    let first = block.stream().into_iter().next();
    matches!(first, Some(TokenTree::Punct(punct)) if punct.as_char() == '#')
}

fn ends_in(tokens: &[TokenTree], words: &[&str]) -> bool {
    let from = tokens.len().checked_sub(words.len());
    from.is_some_and(|from| {
        tokens[from..].iter().map(ToString::to_string).eq(words.iter().copied())
    })
}
