//! Reads the arguments one after the other.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Lit, Token, token};

use super::given::Given;
use super::key::NAME_FIRST;
use super::value::{callable, name, on_cancel, ungrouped};
use super::{Args, Key, Place, duration, krate, list, number, share};
use crate::fallback::Errors;

/// Parses all arguments, or returns all errors.
pub(crate) fn parse(tokens: TokenStream, place: Place) -> syn::Result<Args> {
    let mut reader = Reader::default();
    let all = |input: ParseStream<'_>| {
        if place == Place::Breaker {
            let leading = reader.read_leading_name(input);
            reader.errors.keep(leading);
        }
        while !input.is_empty() {
            if let Err(error) = reader.read(input, place) {
                reader.errors.push(error);
                skip_to_next_key(input)?;
            }
        }
        Ok(())
    };
    let parsed = all.parse2(tokens);
    let Reader { given, mut errors } = reader;
    errors.keep(parsed);
    given.finish(place, errors)
}

#[derive(Default)]
struct Reader {
    given: Given,
    errors: Errors,
}

impl Reader {
    /// `breaker!("name", ..)`: the name, and the comma behind it.
    fn read_leading_name(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        if input.is_empty() {
            let message = "which breaker? write its name: `breaker!(\"db\")`";
            return Err(syn::Error::new(Span::call_site(), message));
        }
        if input.peek(Ident::peek_any) && input.peek2(Token![=]) {
            let key = input.fork().call(Ident::parse_any)?;
            self.errors.push(syn::Error::new_spanned(key, NAME_FIRST));
            return skip_to_next_key(input);
        }
        let value: Expr = input.parse()?;
        let name = name(&ungrouped(value));
        if !input.is_empty() && !input.peek(Token![,]) {
            let message = "expected `,` behind the name: `breaker!(\"db\", threshold = 5)`";
            self.errors.push(syn::Error::new(input.span(), message));
            skip_to_next_key(input)?;
        } else if !input.is_empty() {
            let _: Token![,] = input.parse()?;
        }
        self.given.name = Some(name?);
        Ok(())
    }

    /// Reads one `key = value` and the comma behind it.
    fn read(&mut self, input: ParseStream<'_>, place: Place) -> syn::Result<()> {
        let at = self.read_key(input, place)?;
        let key = match Key::find(&at, place) {
            Ok(key) => key,
            Err(unknown) => {
                // The name of a `breaker!` stands before its first key, so that it is not missing here.
                if is_formatted(input, place) {
                    return Err(syn::Error::new_spanned(at, NOT_FORMATTED));
                }
                self.given.meant.extend(unknown.nearest);
                return Err(unknown.error);
            }
        };
        let is_repeated = self.given.has(key);
        if is_repeated {
            self.errors.push(syn::Error::new_spanned(&at, format!("`{key}` is given twice")));
        }
        self.given.meant.push(key);
        match equals(input, key, &at) {
            Err(_) if is_repeated => return skip_to_next_key(input),
            found => found?,
        }
        if is_repeated {
            // Parsed all the same, so that what follows is looked at as well.
            let _ = expr(input, key)?;
        } else {
            self.given.keys.push((key, at));
            if !self.read_value(key, input)? {
                // What is left of a wrong value is part of it.
                while !input.is_empty() && !input.peek(Token![,]) && !begins_key(input) {
                    let _: proc_macro2::TokenTree = input.parse()?;
                }
            }
        }
        let end = end_of_value(input, key);
        if begins_key(input) {
            // Where only the comma is missing, the next key is read all the same.
            self.errors.keep(end);
            return Ok(());
        }
        end
    }

    fn read_key(&mut self, input: ParseStream<'_>, place: Place) -> syn::Result<Ident> {
        if let Ok(literal) = input.fork().parse::<Lit>() {
            let is_key = input.peek2(Token![=]);
            let message = match &literal {
                Lit::Str(name) if is_key => {
                    self.given.meant.extend(Key::named(&name.value()));
                    format!("keys are written without quotes: `{} = ..`", name.value())
                }
                Lit::Str(_) if place == Place::Breaker => "a breaker has one name".to_owned(),
                Lit::Str(name) => {
                    self.given.meant.push(Key::Name);
                    format!("a value needs its key: write `name = {:?}`", name.value())
                }
                _ => "a value needs its key: `threshold = 5`, `ttl = 60`".to_owned(),
            };
            return Err(syn::Error::new_spanned(literal, message));
        }
        if !input.peek(Ident::peek_any) {
            // What stands there may have been meant to hold the name.
            self.given.meant.push(Key::Name);
            let message = "expected a key and its value: `threshold = 5`, `ttl = 60`";
            return Err(syn::Error::new(input.span(), message));
        }
        Ok(input.call(Ident::parse_any)?.unraw())
    }

    /// Whether it is one.
    fn read_value(&mut self, key: Key, input: ParseStream<'_>) -> syn::Result<bool> {
        match key {
            Key::Exclude => self.given.exclude = Some(list::parse(key, input, &mut self.errors)?),
            Key::Ignore => self.given.ignore = Some(list::parse(key, input, &mut self.errors)?),
            Key::Only => self.given.only = Some(list::parse(key, input, &mut self.errors)?),
            Key::Crate => self.given.krate = Some(krate::parse(input)?),
            _ => {
                if matches!(key, Key::FailureRate | Key::Jitter) {
                    share::refuse_percent_sign(key, input)?;
                }
                let value = expr(input, key)?;
                // Reported here, and not to the caller, which would skip the keys that follow.
                let read = self.read_expr(key, ungrouped(value));
                return Ok(self.errors.keep(read).is_some());
            }
        }
        Ok(true)
    }

    fn read_expr(&mut self, key: Key, value: Expr) -> syn::Result<()> {
        match key {
            Key::Name => self.given.name = Some(name(&value)?),
            Key::Threshold | Key::MinimumCalls | Key::SuccessThreshold | Key::Probes => {
                self.set(key, &number::parse(key, &value)?);
            }
            Key::FailureRate | Key::Jitter => self.set(key, &share::parse(key, &value)?),
            Key::Ttl | Key::Window | Key::SlowCall | Key::ProbeTimeout | Key::MaxTtl => {
                let span = duration::parse(key, &value)?;
                let given = match &span {
                    Some(span) => span.to_token_stream(),
                    None => value.to_token_stream(),
                };
                match &value {
                    Expr::Path(path) => self.set(key, &duration::checked(key, path)),
                    _ => self.set(key, &given),
                }
                self.given.durations.push((key, span, given));
            }
            Key::OnCancel => self.given.on_cancel = Some(on_cancel(&value)?),
            Key::FailureIf => {
                let argument = "what the function returns on success";
                self.given.failure_if = Some(callable(key, value, Some(argument))?);
            }
            Key::Fallback => self.given.fallback = Some(callable(key, value, None)?),
            Key::Rejected => {
                self.given.rejected = Some(callable(key, value, Some("the `Rejected`"))?);
            }
            Key::Exclude | Key::Ignore | Key::Only | Key::Crate => {}
        }
        Ok(())
    }

    /// Adds a setting.
    fn set(&mut self, key: Key, value: &TokenStream) {
        let setter = key.ident();
        self.given.settings.extend(quote!(.#setter(#value)));
    }
}

const NOT_FORMATTED: &str = "a breaker's name is a string literal, and not formatted; for names that are known only at \
                             run time there is `circuit_runtime::registry().get_or_register(name, settings)`";

/// Whether `breaker!("db-{}", id)` was written, and the `id` has been read.
fn is_formatted(input: ParseStream<'_>, place: Place) -> bool {
    place == Place::Breaker && (input.is_empty() || input.peek(Token![,]) || input.peek(Token![.]))
}

fn expr(input: ParseStream<'_>, key: Key) -> syn::Result<Expr> {
    let at = input.span();
    input.parse().map_err(|_| {
        let example = key.example();
        syn::Error::new(at, format!("this is no value for `{key}`; write it as in `{example}`"))
    })
}

/// Whether `key = ..` is next, or what may have been meant to be it.
fn begins_key(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.call(Ident::parse_any).is_ok() && ahead.peek(Token![=])
}

/// The `=` between a key and its value.
fn equals(input: ParseStream<'_>, key: Key, at: &Ident) -> syn::Result<()> {
    let example = key.example();
    for (is_next, operator) in [
        (input.peek(Token![:]), ":"),
        (input.peek(Token![==]), "=="),
        (input.peek(Token![=>]), "=>"),
        (input.peek(Token![+=]), "+="),
    ] {
        if is_next {
            let message = format!("write `=` instead of `{operator}`: `{example}`");
            return Err(syn::Error::new(input.span(), message));
        }
    }
    if input.peek(token::Paren) || input.peek(token::Bracket) {
        let message = format!("`{key}` takes its value behind a `=`: `{example}`");
        return Err(syn::Error::new(input.span(), message));
    }
    if !input.peek(Token![=]) || input.peek2(Token![,]) || ends_behind_equals(input) {
        let message = format!("`{key}` needs a value: `{example}`");
        return Err(syn::Error::new_spanned(at, message));
    }
    let _: Token![=] = input.parse()?;
    Ok(())
}

fn ends_behind_equals(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.parse::<Token![=]>().is_ok() && ahead.is_empty()
}

fn end_of_value(input: ParseStream<'_>, key: Key) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    if input.peek(Token![,]) {
        let _: Token![,] = input.parse()?;
        return Ok(());
    }
    Err(syn::Error::new(input.span(), format!("expected `,` behind the value of `{key}`")))
}

/// After an error: on to the next `, key =`, so that what follows is looked at as well.
fn skip_to_next_key(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() {
        if input.peek(Token![,]) || input.peek(Token![;]) {
            let _: proc_macro2::TokenTree = input.parse()?;
            let ahead = input.fork();
            let is_word = ahead.call(Ident::parse_any).is_ok();
            let is_given = ahead.peek(Token![=])
                || ahead.peek(Token![+=])
                || ahead.peek(Token![:])
                || ahead.peek(token::Paren);
            if input.is_empty() || is_word && is_given {
                return Ok(());
            }
        } else {
            let _: proc_macro2::TokenTree = input.parse()?;
        }
    }
    Ok(())
}
