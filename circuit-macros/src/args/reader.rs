//! Reads the arguments one after the other.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Lit, Token, token};

use super::value::{callable, name, on_cancel, ungrouped};
use super::{Args, Item, Key, Place, duration, krate, list, number};
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
    checks: TokenStream,
    /// Durations as given, with their values where these are literals.
    durations: Vec<(Key, Option<duration::Span>, Expr)>,
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
    /// `breaker!("name", ..)`: the name, and the comma behind it.
    fn read_leading_name(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        // Given, even if wrong: then it is not missing.
        self.name = Some(String::new());
        if input.is_empty() {
            let message = "which breaker? write its name: `breaker!(\"db\")`";
            return Err(syn::Error::new(Span::call_site(), message));
        }
        if input.peek(Ident::peek_any) && input.peek2(Token![=]) {
            let key = input.fork().call(Ident::parse_any)?;
            let message =
                "`breaker!` takes the name first, without a key: `breaker!(\"db\", threshold = 5)`";
            let _: TokenStream = input.parse()?;
            return Err(syn::Error::new_spanned(key, message));
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
        self.name = Some(name?);
        Ok(())
    }

    /// Reads one `key = value` and the comma behind it.
    fn read(&mut self, input: ParseStream<'_>, place: Place) -> syn::Result<()> {
        let at = self.read_key(input, place)?;
        let key = match Key::find(&at, place) {
            Ok(key) => key,
            Err(unknown) => {
                if unknown.nearest == Some(Key::Name) {
                    self.name = Some(String::new());
                }
                return Err(unknown.error);
            }
        };
        let example = key.example();
        let is_repeated = self.given.iter().any(|given| given.key == key);
        if is_repeated {
            self.errors.push(syn::Error::new_spanned(&at, format!("`{key}` is given twice")));
        }
        let fault = if input.peek(Token![:]) {
            Some(syn::Error::new(input.span(), format!("write `=` instead of `:`: `{example}`")))
        } else if input.peek(token::Paren) || input.peek(token::Bracket) {
            let message = format!("`{key}` takes its value behind a `=`: `{example}`");
            Some(syn::Error::new(input.span(), message))
        } else if !input.peek(Token![=]) || input.peek2(Token![,]) || ends_behind_equals(input) {
            Some(syn::Error::new_spanned(&at, format!("`{key}` needs a value: `{example}`")))
        } else {
            None
        };
        if key == Key::Name && self.name.is_none() {
            self.name = Some(String::new());
        }
        match fault {
            Some(_) if is_repeated => skip_to_next_key(input),
            Some(fault) => Err(fault),
            None => {
                let _: Token![=] = input.parse()?;
                if is_repeated {
                    // Parsed all the same, so that what follows is looked at as well.
                    let _: Expr = input.parse()?;
                } else {
                    self.given.push(Given { key, at });
                    self.read_value(key, input)?;
                }
                end_of_value(input, key)
            }
        }
    }

    fn read_key(&mut self, input: ParseStream<'_>, place: Place) -> syn::Result<Ident> {
        if let Ok(literal) = input.fork().parse::<Lit>() {
            let is_key = input.peek2(Token![=]);
            let message = match &literal {
                Lit::Str(name) if is_key => {
                    format!("keys are written without quotes: `{} = ..`", name.value())
                }
                Lit::Str(_) if place == Place::Breaker => "a breaker has one name".to_owned(),
                Lit::Str(name) => {
                    self.name = Some(name.value());
                    format!("a value needs its key: write `name = {:?}`", name.value())
                }
                _ => "a value needs its key: `threshold = 5`, `ttl = 60`".to_owned(),
            };
            return Err(syn::Error::new_spanned(literal, message));
        }
        if !input.peek(Ident::peek_any) {
            // What stands there may have been meant to hold the name.
            self.name.get_or_insert_default();
            let message = "expected a key and its value: `threshold = 5`, `ttl = 60`";
            return Err(syn::Error::new(input.span(), message));
        }
        input.call(Ident::parse_any)
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
            Key::Name => self.name = Some(name(&value)?),
            Key::Threshold | Key::SuccessThreshold | Key::Probes => {
                number::check(key, &value)?;
                let setter = key.ident();
                let count = match &value {
                    Expr::Path(path) => key.checked(path),
                    literal => literal.to_token_stream(),
                };
                self.settings.extend(quote!(.#setter(#count)));
            }
            Key::Ttl | Key::ProbeTimeout | Key::MaxTtl => {
                let span = duration::parse(key, &value)?;
                let setter = key.ident();
                let checked = match (&span, &value) {
                    (None, Expr::Path(path)) => key.checked(path),
                    _ => span.to_token_stream(),
                };
                self.settings.extend(quote!(.#setter(#checked)));
                self.durations.push((key, span, value));
            }
            Key::OnCancel => self.on_cancel = Some(on_cancel(&value)?),
            Key::FailureIf => self.failure_if = Some(callable(key, value)?),
            Key::Fallback => self.fallback = Some(callable(key, value)?),
            Key::Rejected => self.rejected = Some(callable(key, value)?),
            Key::Exclude | Key::Ignore | Key::Only | Key::Crate => {}
        }
        Ok(())
    }

    fn check_across_keys(&mut self) {
        let duration = |key: Key| self.durations.iter().find(|given| given.0 == key);
        if let (Some((_, ttl, ttl_value)), Some((_, max_ttl, max_ttl_value))) =
            (duration(Key::Ttl), duration(Key::MaxTtl))
        {
            let message = "`max_ttl` is shorter than the `ttl`: it is what a time open grows up to";
            match (ttl, max_ttl) {
                (Some(ttl), Some(max_ttl)) if max_ttl.nanos() < ttl.nanos() => {
                    self.errors.push(self.error_at(Key::MaxTtl, message));
                }
                (Some(_), Some(_)) => {}
                _ => {
                    let value = |span: &Option<duration::Span>, value: &Expr| match span {
                        Some(span) => span.to_token_stream(),
                        None => value.to_token_stream(),
                    };
                    let (ttl, max_ttl) = (value(ttl, ttl_value), value(max_ttl, max_ttl_value));
                    self.checks.extend(quote! {
                        const _: () =
                            ::core::assert!((#max_ttl).as_nanos() >= (#ttl).as_nanos(), #message);
                    });
                }
            }
        }
        if self.rejected.is_some() && self.fallback.is_some() {
            let message = "`rejected` is never asked, because `fallback` answers rejected calls: leave one of the two out";
            self.errors.push(self.error_at(Key::Rejected, message));
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
        let lists = [&self.exclude, &self.ignore, &self.only];
        let searches = lists.into_iter().flatten().any(|list| {
            list.is_empty() || list.iter().any(|item| !matches!(item, Item::Pattern(_)))
        });
        Ok(Args {
            name: self.name.unwrap_or_default(),
            checks: self.checks,
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
