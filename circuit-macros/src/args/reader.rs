//! Reads the arguments one after the other.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, ExprPath, Lit, Token};

use super::value::{callable, name, on_cancel, ungrouped};
use super::{Args, Item, Key, Place, duration, krate, list, number};
use crate::fallback::Errors;

/// Parses all arguments, or returns all errors.
pub(crate) fn parse(tokens: TokenStream, place: Place) -> syn::Result<Args> {
    let mut reader = Reader::default();
    let all = |input: ParseStream<'_>| {
        if place == Place::Breaker {
            reader.read_leading_name(input)?;
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
    reader.errors.keep(parsed);
    reader.finish(place)
}

/// A value with the key it was given for.
struct Given {
    key: Key,
    at: Ident,
}

#[derive(Default)]
struct Reader {
    given: Vec<Given>,
    name: Option<String>,
    settings: TokenStream,
    /// Counts and durations with their values, where these are literals: for checks across keys.
    literals: Vec<(Key, u128)>,
    const_checks: Vec<(Key, ExprPath)>,
    exclude: Option<Vec<Item>>,
    ignore: Option<Vec<Item>>,
    only: Option<Vec<Item>>,
    failure_if: Option<Expr>,
    fallback: Option<Expr>,
    rejected: Option<Expr>,
    krate: Option<TokenStream>,
    on_cancel: Option<Ident>,
    errors: Errors,
}

impl Reader {
    fn read_leading_name(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        if input.is_empty() {
            return Err(input.error("which breaker? write its name: `breaker!(\"db\")`"));
        }
        let value: Expr = input.parse()?;
        self.name = Some(name(&ungrouped(value))?);
        if !input.is_empty() {
            let _: Token![,] = input.parse()?;
        }
        Ok(())
    }

    /// Reads one `key = value` and the comma behind it.
    fn read(&mut self, input: ParseStream<'_>, place: Place) -> syn::Result<()> {
        if let Ok(literal) = input.fork().parse::<Lit>() {
            let message = match &literal {
                Lit::Str(name) => {
                    format!("a value needs its key: write `name = {:?}`", name.value())
                }
                _ => "a value needs its key: `threshold = 5`, `ttl = 60`".to_owned(),
            };
            return Err(syn::Error::new_spanned(literal, message));
        }
        let at = input.call(Ident::parse_any)?;
        let key = Key::find(&at, place)?;
        let example = key.example();
        if self.given.iter().any(|given| given.key == key) {
            let message = format!("`{key}` is given twice");
            // The rest of it is parsed all the same, so that what follows is looked at as well.
            self.errors.push(syn::Error::new_spanned(&at, message));
            let _: Token![=] = input.parse()?;
            let _: Expr = input.parse()?;
            return end_of_value(input, key);
        }
        self.given.push(Given { key, at: at.clone() });
        if !input.peek(Token![=]) {
            let message = format!("`{key}` needs a value: `{example}`");
            return Err(syn::Error::new_spanned(at, message));
        }
        let _: Token![=] = input.parse()?;
        if input.is_empty() || input.peek(Token![,]) {
            let message = format!("`{key}` needs a value: `{example}`");
            return Err(syn::Error::new_spanned(at, message));
        }
        self.read_value(key, input)?;
        end_of_value(input, key)
    }

    fn read_value(&mut self, key: Key, input: ParseStream<'_>) -> syn::Result<()> {
        match key {
            Key::Exclude => self.exclude = Some(list::parse(key, input, &mut self.errors)?),
            Key::Ignore => self.ignore = Some(list::parse(key, input, &mut self.errors)?),
            Key::Only => self.only = Some(list::parse(key, input, &mut self.errors)?),
            Key::Crate => self.krate = Some(krate::parse(input)?),
            _ => {
                let value: Expr = input.parse()?;
                // Reported here, and not to the caller, which would skip the keys that follow.
                let read = self.read_expr(key, ungrouped(value));
                self.errors.keep(read);
            }
        }
        Ok(())
    }

    fn read_expr(&mut self, key: Key, value: Expr) -> syn::Result<()> {
        match key {
            Key::Name => {
                // Given, even if wrong: then it is not missing.
                self.name = Some(String::new());
                self.name = Some(name(&value)?);
            }
            Key::Threshold | Key::SuccessThreshold | Key::Probes => {
                let number = number::parse(key, &value)?;
                let setter = key.ident();
                self.settings.extend(quote!(.#setter(#value)));
                self.remember(key, number, value);
            }
            Key::Ttl | Key::ProbeTimeout | Key::MaxTtl => {
                let span = duration::parse(key, &value)?;
                let setter = key.ident();
                let duration = match &span {
                    Some(span) => span.to_token_stream(),
                    None => value.to_token_stream(),
                };
                self.settings.extend(quote!(.#setter(#duration)));
                self.remember(key, span.map(duration::Span::nanos), value);
            }
            Key::OnCancel => self.on_cancel = Some(on_cancel(&value)?),
            Key::FailureIf => self.failure_if = Some(callable(key, value)?),
            Key::Fallback => self.fallback = Some(callable(key, value)?),
            Key::Rejected => self.rejected = Some(callable(key, value)?),
            Key::Exclude | Key::Ignore | Key::Only | Key::Crate => {}
        }
        Ok(())
    }

    fn remember(&mut self, key: Key, literal: Option<u128>, value: Expr) {
        match (literal, value) {
            (Some(value), _) => self.literals.push((key, value)),
            (None, Expr::Path(path)) => self.const_checks.push((key, path)),
            (None, _) => {}
        }
    }

    fn check_across_keys(&mut self) {
        let literal = |key: Key| self.literals.iter().find(|given| given.0 == key);
        if let (Some((_, ttl)), Some((_, max_ttl))) = (literal(Key::Ttl), literal(Key::MaxTtl)) {
            if max_ttl < ttl {
                let message =
                    "`max_ttl` is shorter than the `ttl`: it is what a time open grows up to";
                self.errors.push(self.error_at(Key::MaxTtl, message));
            }
        }
        if self.exclude.is_some() && self.only.is_some() {
            let message = "`only` and `exclude` contradict each other: with `only`, all other errors are excluded \
                           already; errors that are to count as nothing go into `ignore`";
            self.errors.push(self.error_at(Key::Only, message));
        }
    }

    fn error_at(&self, key: Key, message: &str) -> syn::Error {
        let at = self.given.iter().find(|given| given.key == key);
        match at {
            Some(given) => syn::Error::new_spanned(&given.at, message),
            None => syn::Error::new(Span::call_site(), message),
        }
    }

    fn finish(mut self, place: Place) -> syn::Result<Args> {
        self.check_across_keys();
        if self.name.is_none() && place == Place::Attribute {
            let message = "which breaker? give its name: `#[circuit_breaker(name = \"db\")]`";
            self.errors.push(syn::Error::new(Span::call_site(), message));
        }
        self.errors.finish()?;
        let krate = self.krate.unwrap_or_else(|| quote!(::circuit_runtime));
        let mut settings = self.settings;
        if let Some(variant) = self.on_cancel {
            settings.extend(quote!(.on_cancel(#krate::private::OnCancel::#variant)));
        }
        let checks = self.const_checks.iter().map(|(key, path)| key.const_check(path, &krate));
        let lists = [&self.exclude, &self.ignore, &self.only];
        let searches = lists.into_iter().flatten().any(|list| {
            list.is_empty() || list.iter().any(|item| !matches!(item, Item::Pattern(_)))
        });
        Ok(Args {
            name: self.name.unwrap_or_default(),
            checks: checks.collect(),
            settings,
            exclude: self.exclude.unwrap_or_default(),
            ignore: self.ignore.unwrap_or_default(),
            only: self.only,
            searches,
            failure_if: self.failure_if,
            fallback: self.fallback,
            rejected: self.rejected,
            krate,
        })
    }
}

fn end_of_value(input: ParseStream<'_>, key: Key) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    if input.peek(Token![,]) {
        let _: Token![,] = input.parse()?;
        return Ok(());
    }
    Err(input.error(format!("expected `,` behind the value of `{key}`")))
}

/// After an error: on to the next `, key =`, so that what follows is looked at as well.
fn skip_to_next_key(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() {
        if input.peek(Token![,]) {
            let _: Token![,] = input.parse()?;
            let ahead = input.fork();
            if ahead.is_empty() || ahead.call(Ident::parse_any).is_ok() && ahead.peek(Token![=]) {
                return Ok(());
            }
        } else {
            let _: proc_macro2::TokenTree = input.parse()?;
        }
    }
    Ok(())
}
