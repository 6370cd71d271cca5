//! What was given, and what of it contradicts the rest.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;

use super::{Args, Item, Key, Place, duration};
use crate::fallback::Errors;
use crate::hygiene::hygienic_at;

/// What was given, key by key.
#[derive(Default)]
pub(super) struct Given {
    /// The keys, where they stand.
    pub(super) keys: Vec<(Key, Ident)>,
    /// Those that were meant, misspelt or without a value included: they are wrong, and not missing.
    pub(super) meant: Vec<Key>,
    pub(super) name: Option<String>,
    pub(super) settings: TokenStream,
    /// Durations: how long, where that is a literal, and the expression of it.
    pub(super) durations: Vec<(Key, Option<duration::Span>, TokenStream)>,
    pub(super) exclude: Option<Vec<Item>>,
    pub(super) ignore: Option<Vec<Item>>,
    pub(super) only: Option<Vec<Item>>,
    pub(super) failure_if: Option<Expr>,
    pub(super) fallback: Option<Expr>,
    pub(super) rejected: Option<Expr>,
    pub(super) krate: Option<TokenStream>,
    pub(super) on_cancel: Option<Ident>,
}

impl Given {
    pub(super) fn has(&self, key: Key) -> bool {
        self.keys.iter().any(|given| given.0 == key)
    }

    /// All of it, if there is no error, here or among `errors`.
    pub(super) fn finish(self, place: Place, mut errors: Errors) -> syn::Result<Args> {
        if !self.meant.contains(&Key::Name) && place == Place::Attribute {
            let message = "which breaker? give its name: `#[circuit_breaker(name = \"db\")]`";
            errors.push(syn::Error::new(Span::call_site(), message));
        }
        let checks = errors.keep(self.max_ttl_is_longer()).flatten().unwrap_or_default();
        self.check_companions(&mut errors);
        errors.finish()?;

        let krate = self.krate.unwrap_or_else(|| quote!(::circuit_runtime));
        let mut settings = self.settings;
        if let Some(variant) = self.on_cancel {
            settings.extend(quote!(.on_cancel(__circuit::OnCancel::#variant)));
        }
        let lists = [&self.exclude, &self.ignore, &self.only];
        let searches = lists.into_iter().flatten().any(|list| {
            list.is_empty() || list.iter().any(|item| !matches!(item, Item::Pattern(_)))
        });
        Ok(Args {
            name: self.name.unwrap_or_default(),
            checks,
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

    /// Checks `max_ttl` against the `ttl`, or returns the check for when their constants are known.
    fn max_ttl_is_longer(&self) -> syn::Result<Option<TokenStream>> {
        const MESSAGE: &str =
            "`max_ttl` is shorter than the `ttl`: it is what a time open grows up to";
        let duration = |key: Key| self.durations.iter().find(|given| given.0 == key);
        let (Some((_, ttl, ttl_value)), Some((_, max_ttl, max_ttl_value))) =
            (duration(Key::Ttl), duration(Key::MaxTtl))
        else {
            return Ok(None);
        };
        match (ttl, max_ttl) {
            (Some(ttl), Some(max_ttl)) if max_ttl.nanos() < ttl.nanos() => {
                Err(self.error_at(Key::MaxTtl, MESSAGE))
            }
            (Some(_), Some(_)) => Ok(None),
            _ => {
                let at = hygienic_at(max_ttl_value);
                Ok(Some(quote_spanned! {at=>
                    const _: () = {
                        let ttl: ::core::time::Duration = #ttl_value;
                        let max_ttl: ::core::time::Duration = #max_ttl_value;
                        ::core::assert!(max_ttl.as_nanos() >= ttl.as_nanos(), #MESSAGE);
                    };
                }))
            }
        }
    }

    fn check_companions(&self, errors: &mut Errors) {
        if self.rejected.is_some() && self.fallback.is_some() {
            let message = "`rejected` is never asked, because `fallback` answers rejected calls: leave one of the two \
                           out";
            errors.push(self.error_at(Key::Rejected, message));
        }
        if self.exclude.is_some() && self.only.is_some() {
            let message = "`only` and `exclude` contradict each other: with `only`, all other errors are excluded \
                           already; errors that are to count as nothing go into `ignore`";
            errors.push(self.error_at(Key::Only, message));
        }
        for key in [Key::FailureRate, Key::MinimumCalls] {
            if self.has(key) && !self.meant.contains(&Key::Window) {
                let window = Key::Window.example();
                let message =
                    format!("`{key}` needs a `window` in which calls are counted: `{window}`");
                errors.push(self.error_at(key, &message));
            }
        }
    }

    fn error_at(&self, key: Key, message: &str) -> syn::Error {
        match self.keys.iter().find(|given| given.0 == key) {
            Some((_, at)) => syn::Error::new_spanned(at, message),
            None => syn::Error::new(Span::call_site(), message),
        }
    }
}
