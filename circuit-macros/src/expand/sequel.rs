//! What becomes of what the body returns: how its outcome is found, and what a rejected call returns instead.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Signature, Type};

use super::judge;
use crate::args::Args;
use crate::hygiene::hygienic_at;
use crate::ret;
use crate::shape::{Items, Shape, Wrapping};

/// The parts of a sequel, but for the rejection: whether there is one depends on who has the permit.
pub(super) struct Sequel<'a> {
    args: &'a Args,
    items: Option<&'a Items>,
    /// The type that has to carry a rejection.
    answer: TokenStream,
    reading: TokenStream,
    judge: TokenStream,
    refuse: TokenStream,
}

impl<'a> Sequel<'a> {
    pub(super) fn new(args: &'a Args, sig: &Signature, shape: &'a Shape) -> Self {
        let krate = &args.krate;
        let (answer, is_known) = match (&shape.items, &shape.output) {
            (Some(Items { is_in_result: true, .. }), Some(ty)) => (ret::with_any_success(ty), true),
            (Some(Items { item: Some(ty), .. }), _) => (ret::inferred_type(ty), true),
            // Nothing to ask the compiler about before the body has told it the type.
            (Some(_), Some(ty)) => (ret::any(ty.span()), false),
            (None, Some(ty @ Type::ImplTrait(_))) => (ret::inferred_type(ty), false),
            (_, Some(ty)) => (ret::inferred_type(ty), true),
            (_, None) => (ret::nothing(sig), true),
        };
        let answer = answer.into_token_stream();
        let reading = reading(krate, is_known.then_some(&answer));
        let refuse = match &args.failure_if {
            Some(refuse) => refuse.to_token_stream(),
            None => hygienic!(#krate::private::accept),
        };
        Self {
            args,
            items: shape.items.as_ref(),
            judge: judge::closure(args, has_lifetime(sig.output.to_token_stream())),
            refuse,
            answer,
            reading,
        }
    }

    /// For a call that may be rejected.
    pub(super) fn asking(&self) -> TokenStream {
        let Self { args: Args { krate, rejected, .. }, answer, .. } = self;
        let reject = match rejected {
            Some(rejected) => {
                let at = hygienic_at(rejected);
                let krate = located(krate, at);
                quote_spanned!(at=> #krate::private::reject!(#answer, #rejected))
            }
            // With the type as the user wrote it: where that cannot carry a rejection, it is said there.
            None => hygienic!(#krate::private::reject!(#answer)),
        };
        self.sequel(&reject, &hygienic!(::core::convert::identity))
    }

    /// For a call that was admitted. The `fallback` answers the others.
    pub(super) fn admitted(&self) -> TokenStream {
        let krate = &self.args.krate;
        self.sequel(
            &hygienic!(#krate::private::Admitted),
            &hygienic!(#krate::private::Either::guarded),
        )
    }

    /// `unboxed` becomes of items that are not boxed.
    fn sequel(&self, reject: &TokenStream, unboxed: &TokenStream) -> TokenStream {
        let Self { args: Args { krate, .. }, reading, judge, refuse, .. } = self;
        let Some(items) = self.items else {
            return hygienic!(#krate::private::value(#reading, #judge, #refuse, #reject));
        };
        let ty = ret::inferred_type(&items.ty);
        let wrap = match items.wrapping {
            None => unboxed.clone(),
            Some(Wrapping::BoxNew) => {
                hygienic!(|__items| -> #ty { #krate::private::Box::new(__items) })
            }
            Some(Wrapping::BoxPin) => {
                hygienic!(|__items| -> #ty { #krate::private::Box::pin(__items) })
            }
        };
        if !items.is_in_result {
            return hygienic!(#krate::private::items(#reading, #judge, #refuse, #reject, #wrap));
        }
        let item = items.item.as_ref().map(|item| ret::inferred_type(item).into_token_stream());
        let item = self::reading(krate, item.as_ref());
        let items = hygienic! {
            #krate::private::items(#item, #judge, #refuse, #krate::private::Admitted, #wrap)
        };
        hygienic!(#krate::private::try_items(#reading, #judge, #reject, #items))
    }

    /// The fallback's answer as what the function returns.
    pub(super) fn of_fallback(&self, answer: &TokenStream) -> TokenStream {
        let krate = &self.args.krate;
        match self.items {
            Some(Items { wrapping: None, is_in_result: true, .. }) => {
                hygienic!(#answer.map(#krate::private::Either::fallback))
            }
            Some(Items { wrapping: None, .. }) => {
                hygienic!(#krate::private::Either::fallback(#answer))
            }
            _ => answer.clone(),
        }
    }
}

/// How to read a value of type `ty`.
fn reading(krate: &TokenStream, ty: Option<&TokenStream>) -> TokenStream {
    match ty {
        Some(ty) => hygienic!(#krate::private::reading!(#ty)),
        None => hygienic!(#krate::private::ReadPlain::of_type()),
    }
}

/// Whether a lifetime other than `'static` is written somewhere in `tokens`.
fn has_lifetime(tokens: TokenStream) -> bool {
    let mut after_quote = false;
    tokens.into_iter().any(|token| match token {
        TokenTree::Punct(punct) => {
            after_quote = punct.as_char() == '\'';
            false
        }
        TokenTree::Ident(name) => std::mem::take(&mut after_quote) && name != "static",
        TokenTree::Group(group) => has_lifetime(group.stream()),
        TokenTree::Literal(_) => false,
    })
}

/// The same tokens, at another place.
pub(super) fn located(tokens: &TokenStream, at: Span) -> TokenStream {
    let located = tokens.clone().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(at));
        token
    });
    located.collect()
}
