//! What becomes of what the body returns: how its outcome is found, and what a rejected call returns instead.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{Signature, Type};

use super::{callable, judge};
use crate::args::Args;
use crate::lifetime::first_lifetime;
use crate::ret;
use crate::shape::{Items, Shape, Wrapping};

/// The parts of a sequel, but for the rejection: whether there is one depends on who has the permit.
pub(super) struct Sequel<'a> {
    args: &'a Args,
    items: Option<&'a Items>,
    /// The type that has to carry a rejection.
    answer: TokenStream,
    /// How to read what the body returns.
    returned: TokenStream,
    /// How to read what tells the outcome: that, or its items.
    judged: TokenStream,
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
        let reading = |ty: Option<&TokenStream>| match ty {
            Some(ty) => hygienic!(#krate::private::reading!(#ty)),
            None => hygienic!(#krate::private::ReadPlain::of_type()),
        };
        let returned = reading(is_known.then_some(&answer));
        let judged = match (&shape.items, &shape.output) {
            (Some(Items { is_in_result: true, item, .. }), Some(ty)) => {
                let item = item.as_ref().map(|item| ret::inferred_type(item).into_token_stream());
                let item = reading(item.as_ref());
                let errors = reading(Some(&ret::with_no_success(ty).into_token_stream()));
                hygienic!(#item.failing_as(#errors))
            }
            _ => returned.clone(),
        };
        let refuse = match &args.failure_if {
            Some(given) => callable::failure_if(given, &judged, krate),
            None => hygienic!(#krate::private::accept),
        };
        Self {
            args,
            items: shape.items.as_ref(),
            judge: judge::closure(args, first_lifetime(sig.output.to_token_stream()).is_some()),
            refuse,
            answer,
            returned,
            judged,
        }
    }

    /// For a call that may be rejected.
    pub(super) fn asking(&self) -> TokenStream {
        let Self { args: Args { krate, rejected, .. }, answer, .. } = self;
        let reject = match rejected {
            Some(rejected) => callable::rejected(rejected, answer, krate),
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
        let Self { args: Args { krate, .. }, returned, judged, judge, refuse, .. } = self;
        let Some(items) = self.items else {
            return hygienic!(#krate::private::value(#judged, #judge, #refuse, #reject));
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
            return hygienic!(#krate::private::items(#judged, #judge, #refuse, #reject, #wrap));
        }
        let items = hygienic! {
            #krate::private::items(#judged, #judge, #refuse, #krate::private::Admitted, #wrap)
        };
        hygienic!(#krate::private::try_items(#returned, #judge, #reject, #items))
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
