//! The `async` block at the end of a body, for which nothing has to be parsed.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::token::{is_punct, is_word};

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
    let is_block = is_word(group.stream().into_iter().next().as_ref(), "async");
    let pinned = ends_in(path, &["Box", ":", ":", "pin"]) && is_path && is_block;
    pinned.then(|| (path.iter().cloned().collect(), without_comma(group.stream())))
}

/// Without the comma that a call over several lines ends in.
fn without_comma(argument: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = argument.into_iter().collect();
    if is_punct(tokens.last(), ',') {
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
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        other => is_punct(other, ';'),
    };
    let stream = match last.delimiter() {
        Delimiter::Brace if before_async(&tokens).is_some_and(is_tail) && !has_attribute(&last) => {
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
fn before_async(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    let tokens = match tokens {
        [before @ .., capture] if is_word(Some(capture), "move") => before,
        tokens => tokens,
    };
    tokens.split_last().filter(|(last, _)| is_word(Some(last), "async")).map(|(_, before)| before)
}

/// Inner attributes have to stay first.
fn has_attribute(block: &Group) -> bool {
    is_punct(block.stream().into_iter().next().as_ref(), '#')
}

fn ends_in(tokens: &[TokenTree], words: &[&str]) -> bool {
    let from = tokens.len().checked_sub(words.len());
    from.is_some_and(|from| {
        tokens[from..].iter().map(ToString::to_string).eq(words.iter().copied())
    })
}
